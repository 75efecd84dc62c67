// The story's cards one after the other, each pushed aside by the next; left in the page as text, frame by frame.
(async () => {
  root.classList.remove("tap");
  await Promise.all([...document.fonts].map(face => face.load()));
  const [width, height] = SIZE, frames = [];
  const last = cards.findIndex(each => each.matches(".last"));  // behind it is "More"
  const shown = cards.filter((card, place) => card.querySelector(".share") && (last < 0 || place <= last));
  const drawn = shown.map(card => paint(card, 2 * width, 2 * height)), canvas = Object.assign(document.createElement("canvas"), {width, height});
  const pen = canvas.getContext("2d"), hold = Math.floor((MILLISECONDS - (drawn.length - 1) * STEPS * STEP) / drawn.length);
  const keep = milliseconds => frames.push([canvas.toDataURL("image/png"), milliseconds]);
  drawn.forEach((picture, place) => {
    for (let step = 1; place && step <= STEPS; step++) {
      const x = Math.round(width * (1 - step / (STEPS + 1)) ** 2) * sideways;
      pen.drawImage(drawn[place - 1], x - width * sideways, 0, width, height);
      pen.drawImage(picture, x, 0, width, height);
      keep(STEP);
    }
    pen.drawImage(picture, 0, 0, width, height);
    keep(hold);
  });
  document.body.replaceChildren(Object.assign(document.createElement("script"), {type: "application/json", id: "drawn", textContent: JSON.stringify(frames)}));
})();
