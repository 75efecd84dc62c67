// One card at a time: tapped, swiped, by keys, or by itself. The page below it, cards one under the other, needs no script.
const root = document.documentElement, cards = [...document.querySelectorAll("section.card")], sheet = document.querySelector("#contents");
const moves = matchMedia("(prefers-reduced-motion: no-preference)"), play = sheet.querySelector(".play"), said = document.querySelector("#said");
const numbers = new Intl.NumberFormat(root.lang), sideways = root.dir === "rtl" ? -1 : 1;
let at = -1, press = null, settle = () => {};

function show(index, {focuses = true} = {}) {
  index = Math.max(0, Math.min(cards.length - 1, index));
  if (index === at) return;
  settle();
  cards[at]?.classList.remove("here");
  cards[at]?.querySelector("details[open]")?.removeAttribute("open");
  at = index;
  const card = cards[at], title = card.querySelector("h1, h2"), number = card.querySelector(".number");
  card.classList.add("here");
  card.scrollTop = 0;
  for (const link of sheet.querySelectorAll("nav a")) link.ariaCurrent = link.hash === `#${card.id}` ? "step" : null;
  if (focuses) {
    history.replaceState(null, "", `#${card.id}`);
    title.tabIndex = -1;
    title.focus({preventScroll: true});
  }
  if (number && moves.matches) countUp(number);
  root.dispatchEvent(new Event("shown"));
}

function countUp(number) {
  const whole = number.dataset.whole ??= number.textContent, digits = whole.match(/\d[\d.,\s]*/)?.[0].trimEnd();
  if (!digits) return;
  const last = Number(digits.replace(/\D/g, ""));
  let spent = 0, before = performance.now();
  settle = () => { spent = Infinity; number.textContent = whole; };
  (function frame(now) {
    if (!root.classList.contains("held")) spent += now - before;
    before = now;
    const left = 1 - Math.min(1, spent / 1200);
    number.textContent = left ? whole.replace(digits, numbers.format(Math.round(last * (1 - left ** 3)))) : whole;
    if (left) requestAnimationFrame(frame);
  })(before);
}

function plays(wanted) {
  root.classList.toggle("plays", wanted);
  play.textContent = wanted ? play.dataset.pause : play.dataset.play;
}

function opens(hash) {
  const index = cards.findIndex(card => `#${card.id}` === hash);
  if (hash === "#contents") sheet.showModal();
  else {
    if (sheet.open) sheet.close();
    if (index >= 0) show(index);
    else cards[at].querySelector("h1, h2").focus();
  }
}

document.addEventListener("click", event => {
  const link = event.target.closest('a[href^="#"]');
  if (link) {
    event.preventDefault();
    plays(false);
    opens(link.hash);
  } else if (event.target === sheet) sheet.close();  // its backdrop
});
addEventListener("hashchange", () => opens(location.hash));
play.addEventListener("click", () => {
  plays(!root.classList.contains("plays"));
  sheet.close();
});
addEventListener("animationend", event => {
  if (event.animationName !== "turn") return;
  if (cards[at].matches(".last") || at === cards.length - 1) plays(false);
  else show(at + 1);
});
addEventListener("visibilitychange", () => root.classList.toggle("held", document.hidden));
addEventListener("beforeprint", () => settle());

addEventListener("keydown", event => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || sheet.open || event.target.closest("input, .scroll")) return;
  const to = {ArrowRight: at + sideways, ArrowLeft: at - sideways, Home: 0, End: cards.length - 1}[event.key];
  if (to !== undefined) {
    event.preventDefault();
    plays(false);
    show(to);
  } else if (event.key === "Escape") cards[at].querySelector("details[open]")?.removeAttribute("open");
  else if (event.key === " " && root.classList.contains("plays")) {
    event.preventDefault();
    plays(false);
  }
});

const story = document.querySelector("main");
function release() {
  clearTimeout(press?.timer);
  root.classList.remove("held");
  press = null;
}
story.addEventListener("pointerdown", event => {
  if (!event.isPrimary || event.button || event.target.closest("a, button, summary, .sheet")) return;
  const timer = setTimeout(() => { root.classList.add("held"); press.isHold = true; }, 300);
  press = {x: event.clientX, y: event.clientY, timer, chooses: event.target.closest("label")};
});
story.addEventListener("pointercancel", release);
story.addEventListener("pointerup", event => {
  if (!press) return;
  const {x, y, isHold, chooses} = press, right = (event.clientX - x) * sideways, down = event.clientY - y;
  release();
  const isSwipe = Math.abs(right) > 40 && Math.abs(right) > 2 * Math.abs(down), isTap = Math.hypot(right, down) < 10 && !isHold && !chooses;
  const sheetOfCard = cards[at].querySelector("details[open]");
  if (isTap && sheetOfCard) sheetOfCard.removeAttribute("open");
  else if (isSwipe || (isTap && getSelection().isCollapsed)) {
    const goesBack = isSwipe ? right > 0 : (sideways > 0 ? x < innerWidth / 3 : x > innerWidth * 2 / 3);
    show(at + (goesBack ? -1 : 1));
  }
});

document.addEventListener("change", event => {
  const answers = event.target.closest(".quiz");
  if (answers) said.textContent = answers.querySelector(event.target.closest(".right") ? ".verdict.yes" : ".verdict.no").textContent;
});

root.classList.add("tap");
play.hidden = false;
if (cards.some(card => `#${card.id}` === location.hash)) opens(location.hash);
else show(0, {focuses: false});
