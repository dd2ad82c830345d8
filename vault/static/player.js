// The player: a click into the waveform goes there, arrow keys go five seconds, and where it plays is shown. Without this
// script the browser's own player does all of it but the picture's part.
const wave = document.querySelector("[data-wave]");
const audio = document.querySelector("audio");
if (audio) start(audio, wave);

function start(audio, wave) {
  const go = (at) => {
    if (Number.isFinite(at)) audio.currentTime = Math.min(Math.max(at, 0), audio.duration);
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input, select, textarea, audio, .pop")) return;
    const step = { ArrowRight: 5, ArrowLeft: -5 }[event.key];
    if (step && Number.isFinite(audio.duration)) {
      event.preventDefault();
      go(audio.currentTime + step);
    }
  });
  if (!wave) return;
  const progress = wave.querySelector("progress");
  const image = wave.querySelector("img");
  for (const hint of document.querySelectorAll("[data-wave-hint]")) hint.hidden = false;
  image.addEventListener("error", () => (wave.hidden = true));
  if (image.complete && image.naturalWidth === 0) wave.hidden = true;
  progress.hidden = false;
  audio.addEventListener("timeupdate", () => {
    progress.value = Number.isFinite(audio.duration) && audio.duration ? audio.currentTime / audio.duration : 0;
  });
  wave.addEventListener("click", async (event) => {
    const box = wave.getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    if (!Number.isFinite(audio.duration)) await loaded();
    go(share * audio.duration);
  });

  // Nothing of a recording is asked for before somebody wants to hear it.
  function loaded() {
    return new Promise((resolve) => {
      audio.addEventListener("loadedmetadata", resolve, { once: true });
      audio.preload = "metadata";
      audio.load();
    });
  }
}
