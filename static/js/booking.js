/* Keeps, of the sums, the one that fits what is ticked. Without it all of them are shown. */
"use strict";

for (const form of document.querySelectorAll("[data-booking]")) {
  const show = () => {
    for (const part of form.querySelectorAll("fieldset")) {
      const ticked = part.querySelectorAll("input:checked").length;
      for (const line of part.querySelectorAll("[data-children]")) {
        line.hidden = Number(line.dataset.children) !== ticked;
      }
    }
  };
  form.addEventListener("change", show);
  addEventListener("pageshow", show);
  show();
}
