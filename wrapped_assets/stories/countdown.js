const list = document.querySelector(".left"), time = document.querySelector("time");
const opens = performance.now() + 1000 * list.dataset.left;  // by the server's clock, whatever this device's says
time.textContent = new Intl.DateTimeFormat(document.documentElement.lang, {dateStyle: "full", timeStyle: "short"}).format(new Date(time.dateTime));
function tick() {
  const left = Math.max(0, Math.ceil((opens - performance.now()) / 1000));
  [Math.floor(left / 86400), Math.floor(left / 3600) % 24, Math.floor(left / 60) % 60, left % 60].forEach((number, place) => {
    const [value, noun] = list.children[place].children;
    value.textContent = number;
    noun.textContent = number === 1 ? noun.dataset.one : noun.dataset.more;
  });
  setTimeout(left ? tick : () => location.reload(), left ? 1000 - (performance.now() % 1000) : 1000);
}
tick();
