// Excerpts of the listener's own files: silent until somebody asks, and again once the page is hidden.
const noises = [...document.querySelectorAll("section audio")], knobs = [...document.querySelectorAll(".sound")];
let isLoud = false;

function sound(wanted) {
  isLoud = wanted;
  for (const each of noises) each.pause();
  for (const knob of knobs) knob.ariaPressed = String(wanted);
  const noise = wanted && cards[at].querySelector("audio");
  if (noise) {
    noise.currentTime = 0;
    noise.play().catch(() => {});
  }
}

root.addEventListener("shown", () => { if (isLoud) sound(moves.matches); });  // with reduced motion nothing starts by itself
addEventListener("visibilitychange", () => { if (document.hidden) for (const each of noises) each.pause(); });
addEventListener("keydown", event => {
  if (event.key === "m" && !event.altKey && !event.ctrlKey && !event.metaKey && !sheet.open) sound(!isLoud);
});
for (const knob of knobs) {
  knob.hidden = false;
  knob.addEventListener("click", () => sound(!isLoud));
}
