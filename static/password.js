// A button beside each password that shows what is typed. Without this there is none.

for (const field of document.querySelectorAll("input[type=password]")) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "quiet reveal", textContent: "Show password" });
  button.setAttribute("aria-controls", field.id);
  const show = (shown) => {
    field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  };
  field.autocapitalize = "none";
  field.spellcheck = false;
  show(false);
  button.addEventListener("click", () => show(field.type === "password"));
  // Browsers remember what was typed into a field of text, and a page that was kept aside may be come back to.
  field.form?.addEventListener("submit", () => show(false));
  addEventListener("pagehide", () => show(false));
  field.after(button);
}
