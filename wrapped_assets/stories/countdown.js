const list = document.querySelector(".left"), time = document.querySelector("time"), launch = Date.parse(time.dateTime);
const lang = document.documentElement.lang;
// With the zone: when clocks are set back, an hour of a night comes twice.
const parts = {weekday: "long", year: "numeric", month: "long", day: "numeric", hour: "numeric", minute: "2-digit", timeZoneName: "short"};
time.textContent = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, parts).format(launch);
let opens;
function tick() {
  const left = Math.max(0, Math.ceil((opens - performance.now()) / 1000));
  [Math.floor(left / 86400), Math.floor(left / 3600) % 24, Math.floor(left / 60) % 60, left % 60].forEach((number, place) => {
    const [value, noun] = list.children[place].children;
    value.textContent = number;
    noun.textContent = number === 1 ? noun.dataset.one : noun.dataset.more;
  });
  // Everybody's countdown ends at once; they load again over some seconds.
  setTimeout(left ? tick : () => location.reload(), left ? 1000 - (performance.now() % 1000) : 1000 + 4000 * Math.random());
}
function begin(seconds) {
  opens = performance.now() + 1000 * seconds;
  list.hidden = false;
  tick();
}
// The server says how long it is; a page that a store keeps asks it for its clock. This device's clock may be wrong, so it is the last resort.
if (list.dataset.left) begin(list.dataset.left);
else fetch(location.href, {method: "HEAD", cache: "no-store"}).then(answer => Date.parse(answer.headers.get("date"))).catch(() => NaN)
  .then(now => begin((launch - (now || Date.now())) / 1000));
