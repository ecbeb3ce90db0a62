// Two comforts; every page works without them.
"use strict";
for (const details of document.querySelectorAll("details[data-open-when-wide]")) {
  if (window.matchMedia("(min-width: 60rem)").matches) details.open = true;
}
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      button.textContent = button.dataset.done;
    });
  }
}
