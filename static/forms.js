// Pages work without this. While a form is being sent its buttons are disabled, so that a second press does nothing.
// Votes are sent by live.js, which says itself what goes on.

const KEY = "sending";
// A browser that gives up says nothing: then the buttons come back. The site knows a form again that it has had.
const PATIENCE = 10000;

// When this page was come back to, having been kept aside by the browser.
let shownAgain = "";

const opensWindow = (form, button) => !["", "_self"].includes(button?.formTarget || form.target);

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || opensWindow(form, event.submitter)) return;
  if (KEY in form.dataset) return event.preventDefault();
  form.dataset[KEY] = "";
  if (shownAgain) markAsAnother(form);
  // The browser first takes down which button was pressed.
  setTimeout(() => buttons(form).forEach((button) => { button.disabled = true; }));
  setTimeout(() => release(form), PATIENCE);
});

const buttons = (form) => [...form.elements].filter((field) => field.type === "submit");

function release(form) {
  if (!(KEY in form.dataset)) return;
  delete form.dataset[KEY];
  buttons(form).forEach((button) => { button.disabled = false; });
}

// What is sent from a page that was come back to is meant anew, even if it says the same.
function markAsAnother(form) {
  if (!form.elements.form_key) return;
  let field = form.elements.form_again;
  if (!field) {
    field = Object.assign(document.createElement("input"), { type: "hidden", name: "form_again" });
    form.append(field);
  }
  field.value = shownAgain;
}

// Back at a page that was kept aside while the form was sent.
addEventListener("pageshow", (event) => {
  if (event.persisted) shownAgain = String(Date.now());
  document.querySelectorAll("form[data-sending]").forEach(release);
});
