// Copy a value shown once. The button appears only where the browser can copy.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    source.select();
    await navigator.clipboard.writeText(source.value);
    button.parentElement.querySelector("[data-copied]").hidden = false;
  });
}
