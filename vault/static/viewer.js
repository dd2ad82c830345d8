// The viewer: arrow keys page, buttons zoom, the strip follows. Without this script every page is still one link away.
const sheets = document.querySelector("[data-sheets]");
if (sheets) start(sheets);

function start(sheets) {
  const pages = [...sheets.querySelectorAll("[data-sheet]")];
  const links = new Map([...document.querySelectorAll("[data-strip] a")].map((link) => [link.hash.slice(1), link]));
  const steps = [75, 100, 125, 150, 200];
  let at = 0;
  let zoom = 1;

  const watcher = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) if (entry.isIntersecting) mark(pages.indexOf(entry.target));
    },
    { rootMargin: "-45% 0px -45% 0px" },
  );
  for (const text of document.querySelectorAll("[data-zoom-now]")) text.textContent = `${steps[zoom]} %`;
  for (const page of pages) {
    watcher.observe(page);
    const image = page.querySelector("img");
    image?.addEventListener("error", () => fail(page));
    if (image?.complete && image.naturalWidth === 0 && image.loading !== "lazy") fail(page);
  }

  for (const button of document.querySelectorAll("[data-page-step]")) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      go(Number(button.dataset.pageStep));
    });
  }
  for (const button of document.querySelectorAll("[data-zoom-step]")) {
    button.hidden = false;
    button.addEventListener("click", () => magnify(Number(button.dataset.zoomStep)));
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input, select, textarea, .pop")) return;
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (move) go(move);
    else if (event.key === "+" || event.key === "=") magnify(1);
    else if (event.key === "-") magnify(-1);
    else return;
    event.preventDefault();
  });

  function go(step) {
    const next = Math.min(Math.max(at + step, 0), pages.length - 1);
    pages[next].scrollIntoView();
    mark(next);
  }

  function mark(index) {
    links.get(pages[at].id)?.removeAttribute("aria-current");
    at = index;
    const link = links.get(pages[at].id);
    link?.setAttribute("aria-current", "true");
    // Only the strip itself may scroll here, never the page under the reader.
    const strip = link?.closest("[data-strip]");
    if (strip) strip.scrollTop = link.offsetTop - strip.clientHeight / 2;
    for (const text of document.querySelectorAll("[data-page-now]")) text.textContent = at + 1;
  }

  function magnify(step) {
    zoom = Math.min(Math.max(zoom + step, 0), steps.length - 1);
    sheets.dataset.zoom = steps[zoom];
    for (const text of document.querySelectorAll("[data-zoom-now]")) text.textContent = `${steps[zoom]} %`;
    pages[at].scrollIntoView();
  }

  function fail(page) {
    page.querySelector("[data-failed]").hidden = false;
    page.querySelector("img").hidden = true;
  }
}
