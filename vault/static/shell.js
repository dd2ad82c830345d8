// Small helps of every page. Each control that needs a script is hidden in the HTML and shown from here.
for (const list of document.querySelectorAll("[data-messages]")) {
  for (const item of list.children) {
    const close = document.createElement("button");
    close.type = "button";
    close.className = "btn small close";
    close.textContent = list.dataset.closeLabel;
    close.addEventListener("click", () => item.remove());
    item.append(close);
  }
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.querySelector("[data-copy-label]").textContent = button.dataset.done;
  });
}
