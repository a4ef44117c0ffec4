// The admin area works without this. It warns before what was typed is lost, saves by Ctrl or ⌘ S, goes to the next record
// by Alt+Page Down, writes a saved reply into its text, and selects all of a list.

const editor = document.querySelector("form[data-editor]");

if (editor) {
  let isUnsaved = editor.dataset.editor === "unsaved";
  editor.addEventListener("input", () => { isUnsaved = true; });
  editor.addEventListener("submit", ({ submitter }) => {
    if (submitter?.formTarget !== "_blank") isUnsaved = false;
  });
  addEventListener("beforeunload", (event) => { if (isUnsaved) event.preventDefault(); });

  addEventListener("keydown", (event) => {
    const { key } = event;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && key.toLowerCase() === "s") {
      event.preventDefault();
      if (!event.repeat) editor.requestSubmit(editor.querySelector("button.primary"));
    } else if (event.altKey && (key === "PageDown" || key === "PageUp")) {
      const link = document.querySelector(`main a[rel=${key === "PageDown" ? "next" : "prev"}]`);
      if (link) event.preventDefault();
      link?.click();
    }
  });

  // "Pick Aider if …" as soon as it is known which tool that is.
  ["first", "second"].forEach((which, n) => {
    const tool = editor.elements[`tools[${n}]`];
    const label = document.querySelector(`label[for=f-pick_${which}_if]`);
    if (tool?.type !== "text" || !label) return;
    const [typed, told] = [tool.value, label.textContent];
    const tell = () => {
      label.textContent = typed && tool.value === typed ? told : `Pick ${tool.value.trim() || `the ${which}`} if …`;
    };
    for (const kind of ["input", "change"]) tool.addEventListener(kind, tell);
  });
}

document.querySelectorAll("select[data-reply]").forEach((select) => {
  select.addEventListener("change", () => {
    const text = document.getElementById(select.dataset.reply);
    const reply = select.selectedOptions[0].dataset.text;
    if (!reply) return;
    text.value = text.value.trim() ? `${reply}\n\n${text.value}` : reply;
    select.value = "";
    text.focus();
  });
});

document.querySelectorAll("form[data-many]").forEach((form) => {
  const all = form.querySelector("[data-all]");
  const boxes = [...form.querySelectorAll("input[type=checkbox]:not([data-all])")];
  const tell = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && !all.checked;
  };
  all.parentElement.hidden = false;
  all.addEventListener("change", () => { for (const box of boxes) box.checked = all.checked; });
  form.addEventListener("change", tell);
  tell();
});
