// Pages work without this. While a form is being sent its buttons are disabled, so that a second press does nothing.
// Votes are sent by live.js, which says itself what goes on.

const KEY = "sending";
// A browser that gives up says nothing: then the buttons come back. The site knows a form again that it has had.
const PATIENCE = 10000;

const opensWindow = (form, button) => !["", "_self"].includes(button?.formTarget || form.target);

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || opensWindow(form, event.submitter)) return;
  if (KEY in form.dataset) return event.preventDefault();
  form.dataset[KEY] = "";
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

// Back at a page that was kept aside while the form was sent.
addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach(release));
