// "Share this page" is a link to the page. Here it opens what the device shares with, or copies the link.

document.querySelectorAll("a[data-share]").forEach((link) => {
  const said = link.parentElement.querySelector("[role=status]");
  link.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const url = link.href;
    try {
      if (navigator.share) await navigator.share({ title: document.querySelector("h1").innerText, url });
      else {
        await navigator.clipboard.writeText(url);
        said.textContent = "Link copied";
      }
    } catch (cause) {
      // Whoever closes what the device offers has seen it.
      if (cause.name !== "AbortError") said.textContent = url;
    }
  });
});
