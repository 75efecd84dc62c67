// Draws every card that may be shared, in every size, and leaves the pictures in the page as text.
(async () => {
  root.classList.remove("tap");
  await Promise.all([...document.fonts].map(face => face.load()));
  const drawn = [...document.querySelectorAll(".share")].map(each => each.closest("section")).map(card => ({
    name: card.id,
    alt: saidBy(card),
    pictures: SIZES.map(([width, height]) => paint(card, width, height).toDataURL("image/png")),
  }));
  document.body.replaceChildren(Object.assign(document.createElement("script"), {type: "application/json", id: "drawn", textContent: JSON.stringify(drawn).replaceAll("<", "\\u003c")}));
})();
