// A card as a picture to share, drawn on a canvas from the card's own figure and words, measured with the faces of the page.
const MARGIN = 90, isMirrored = root.dir === "rtl", strong = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;

function paint(card, width, height) {
  const canvas = Object.assign(document.createElement("canvas"), {width, height}), pen = canvas.getContext("2d");
  const style = getComputedStyle(card), colour = name => style.getPropertyValue(`--${name}`), room = width - 2 * MARGIN;
  const edge = isMirrored ? width - MARGIN : MARGIN, far = width - edge, display = '"Wrapped Display"', behind = getComputedStyle(document.body).fontFamily;
  const font = (size, face = display, weight = 700) => { pen.font = `${weight} ${size}px ${face}, ${behind}`; };
  pen.direction = root.dir || "ltr";
  pen.fillStyle = colour("paper");
  pen.fillRect(0, 0, width, height);
  const write = (text, x, y, fill, align = "start") => { pen.textAlign = align; pen.fillStyle = fill; pen.fillText(text, x, y); };
  const fitted = (text, most) => {  // as much as fits, cut between what a reader sees as characters
    if (pen.measureText(text).width <= most) return text;
    const letters = [...new Intl.Segmenter(root.lang).segment(text)].map(each => each.segment);
    while (letters.length && pen.measureText(letters.join("").trimEnd() + "…").width > most) letters.pop();
    return letters.join("").trimEnd() + "…";
  };
  font(34, '"Wrapped Text"', 400);
  write(fitted(card.querySelector(".kicker span").textContent, room * .6), edge, 120, colour("ink"));
  write(document.querySelector("h1 .year").textContent, far, 120, colour("ink"), "end");
  write("Wrapped Assets", edge, height - 75, colour("muted"));
  write(fitted(document.body.dataset.by ?? "", room * .6), far, height - 75, colour("ink"), "end");

  const shrunk = (text, most, size) => {  // smaller, to three fifths of its size, before it is cut
    font(size);
    font(Math.max(size * .6, Math.min(size, size * most / pen.measureText(text).width)));
    return fitted(text, most);
  };

  const figure = card.querySelector(".figure"), rows = [...card.querySelectorAll(".ranked li")].slice(0, 5), lists = [...card.querySelectorAll(".lists > div")];
  const words = [[]], isOpening = card.matches(".opening");  // a word holds its parts, in ink, in the spot colour, or as the large number
  for (const node of isOpening ? [card.querySelector(".year")] : card.querySelector("h2").childNodes) {
    const kind = node.nodeType !== 1 ? "ink" : node.matches(".number, .year") ? "number" : "spot";
    for (const text of node.textContent.split(/(\s+)/)) {
      if (text.trim()) words.at(-1).push({text, kind});
      else if (text && words.at(-1).length) words.push([]);
    }
  }
  const isAlone = !figure && !rows.length && !lists.length, most = (height - 330) * (isAlone ? .9 : height > width ? .3 : .32);
  const tallOf = lines => lines.reduce((sum, line) => sum + line.size * 1.12, 0);
  let size = isAlone ? 200 : 118, lines = linesOf(size);
  const isBroad = () => size > 72 && Math.max(...lines.map(line => line.width)) > room;  // a longer word is cut
  while (size > 40 && (tallOf(lines) > most || isBroad())) lines = linesOf(size -= 4);
  let y = isAlone ? (height - tallOf(lines)) / 2 : 170;
  for (const line of lines) {
    y += line.size * 1.12;
    font(line.size);
    const whole = line.words.map(word => word.map(part => part.text).join("")).join(" "), base = y - line.size * .2;
    if (isMirrored || strong.test(whole) || pen.measureText(whole).width > room) write(fitted(whole, room), edge, base, colour("ink"));
    else line.words.reduce((x, word) => word.reduce((x, part) => {
      write(part.text, x, base, colour(part.kind === "ink" ? "ink" : "spot"));
      return x + pen.measureText(part.text).width;
    }, x) + pen.measureText(" ").width, edge);
  }

  function linesOf(size) {
    const found = [];
    for (const word of words.filter(each => each.length)) {
      const own = word[0].kind === "number" ? size * 2.4 : size, last = found.at(-1);
      font(own);
      const wide = pen.measureText(word.map(part => part.text).join("")).width, gap = pen.measureText(" ").width;
      if (last && last.size === own && last.width + gap + wide <= room) { last.words.push(word); last.width += gap + wide; }
      else found.push({words: [word], width: wide, size: own});
    }
    return found;
  }

  const top = y + 50, bottom = height - 150, space = bottom - top;
  if (figure) drawFigure(pen, figure, MARGIN, top, room, rows.length ? space * .55 : space);
  if (rows.length) {
    const from = figure ? top + space * .6 : top, step = (bottom - from) / rows.length, tall = Math.min(84, step * .5);
    rows.forEach((row, index) => {
      const line = from + step * (index + .5) + tall * .35, count = row.querySelector(".count")?.textContent ?? "";
      font(tall * .6, '"Wrapped Text"', 400);
      const taken = figure ? 0 : pen.measureText(count).width + 30;
      if (!figure) write(count, far, line, colour("ink"), "end");
      font(tall);
      write(row.querySelector(".place").textContent, edge, line, colour("spot"));
      write(shrunk(row.querySelector(".who > bdi").textContent, room - 90 - taken, tall), edge + (isMirrored ? -90 : 90), line, colour("ink"));
    });
  }
  lists.forEach((list, column) => {
    const broad = (room - 60) / 2, x = isMirrored ? edge - column * (broad + 60) : edge + column * (broad + 60), names = [...list.querySelectorAll("li")];
    font(44);
    write(fitted(list.querySelector("h3").textContent, broad), x, top + 40, colour("spot"));
    names.forEach((name, index) => write(shrunk(name.textContent, broad, height > width ? 66 : 54), x, top + 40 + (space - 40) * (index + .7) / names.length, colour("ink")));
  });
  return canvas;
}

function drawFigure(pen, figure, left, top, width, height) {
  const {width: across, height: down} = figure.viewBox.baseVal, scale = Math.min(width / across, height / down);
  const toFigure = figure.querySelector("*").parentNode.getScreenCTM().inverse();
  pen.save();
  pen.translate(left + (width - across * scale) / 2, top + (height - down * scale) / 2);
  pen.scale(scale, scale);
  for (const each of figure.querySelectorAll("path, circle, rect, text")) {
    if (each.matches(".uncut")) continue;
    const look = getComputedStyle(each), box = name => each[name].baseVal.value;
    pen.save();
    const {a, b, c, d, e, f} = toFigure.multiply(each.getScreenCTM());
    pen.transform(a, b, c, d, e, f);
    if (each.matches("text")) {
      pen.font = `${look.fontWeight} ${look.fontSize} ${look.fontFamily}`;
      pen.fillStyle = look.fill;
      pen.direction = "ltr";
      pen.textAlign = {start: "left", middle: "center", end: "right"}[look.textAnchor];
      pen.fillText(each.textContent, each.x.baseVal[0].value, each.y.baseVal[0].value);
    } else {
      const shape = new Path2D(each.getAttribute("d") ?? "");
      if (each.matches("circle")) shape.arc(box("cx"), box("cy"), box("r"), 0, 2 * Math.PI);
      if (each.matches("rect")) shape.roundRect(box("x"), box("y"), box("width"), box("height"), box("rx"));
      if (look.fill !== "none") { pen.globalAlpha = look.fillOpacity; pen.fillStyle = look.fill; pen.fill(shape); }
      if (look.stroke !== "none") {
        pen.globalAlpha = look.strokeOpacity;
        Object.assign(pen, {strokeStyle: look.stroke, lineWidth: parseFloat(look.strokeWidth), lineCap: look.strokeLinecap, lineJoin: look.strokeLinejoin});
        pen.setLineDash(look.strokeDasharray === "none" ? [] : look.strokeDasharray.split(",").map(parseFloat));
        pen.stroke(shape);
      }
    }
    pen.restore();
  }
  pen.restore();
}

function saidBy(card) {  // for those who do not see the picture; the opening's has no name on it
  return card.matches(".opening") ? document.querySelector(".kicker span").textContent + " " + card.querySelector(".year").textContent : card.querySelector("h2").textContent;
}

async function share(card) {
  await document.fonts.ready;
  const picture = await new Promise(done => { paint(card, 1080, 1920).toBlob(done, "image/png"); });
  const file = new File([picture], `${card.id}.png`, {type: "image/png"}), text = saidBy(card);
  if (navigator.canShare?.({files: [file]})) return navigator.share({files: [file], text}).catch(() => {});  // the reader changed their mind
  const link = Object.assign(document.createElement("a"), {href: URL.createObjectURL(file), download: file.name});
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

for (const button of document.querySelectorAll(".share")) {
  button.hidden = false;
  button.addEventListener("click", () => share(button.closest("section")));
}
