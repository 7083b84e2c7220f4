// Looks at a page as it is shown and returns, by kind, what is wrong with it. Every list is empty on a good page.
() => {
  const wrong = { overflow: [], contrast: [], images: [], headings: [], direction: [], targets: [], language: [] };
  const root = document.documentElement;
  const shown = (element) => {
    const box = element.getBoundingClientRect();
    return element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && box.width > 1 && box.height > 1;
  };
  const named = (element) => `<${element.tagName.toLowerCase()}> ${element.textContent.trim().slice(0, 60)}`;

  // Colours: the text's on what lies behind it, as WCAG 2.2 (1.4.3) measures it.
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    paint.clearRect(0, 0, 1, 1);
    paint.fillStyle = colour;
    paint.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = paint.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3]));
  const behind = (element) => {
    if (!element) return rgba("Canvas");
    const own = rgba(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own : [...over(own, behind(element.parentElement)), 1];
  };
  const luminance = (colour) => {
    const [r, g, b] = colour.map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (element) => {
    const back = behind(element);
    const lights = [luminance(over(rgba(getComputedStyle(element).color), back)), luminance(back)];
    return (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
  };

  if (root.scrollWidth > innerWidth) wrong.overflow.push(`the page is ${root.scrollWidth} px wide`);

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || element.closest("style, script, .skip") || !shown(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(texts.currentNode);
    for (const box of range.getClientRects()) {
      if (box.left < -1 || box.right > innerWidth + 1) wrong.overflow.push(named(element));
    }
    const ratio = contrast(element);
    if (ratio < 4.5) wrong.contrast.push(`${ratio.toFixed(2)} ${named(element)}`);
  }

  for (const image of document.images) {
    if (!image.complete || !image.naturalWidth) wrong.images.push(`not loaded: ${image.src}`);
    if (!image.hasAttribute("alt")) wrong.images.push(`no alt: ${image.src}`);
  }

  const levels = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((heading) => Number(heading.tagName[1]));
  if (levels.filter((level) => level === 1).length !== 1) wrong.headings.push(`h1 to h6 in order: ${levels}`);
  levels.forEach((level, i) => {
    if (level > (levels[i - 1] ?? 0) + 1) wrong.headings.push(`h${level} after h${levels[i - 1] ?? 0}`);
  });

  for (const element of document.querySelectorAll("html, body, p, li, h1, h2, h3, legend, label, dd")) {
    const { direction, textAlign } = getComputedStyle(element);
    const said = element.closest("[dir]:not(label, bdi)")?.dir;
    if (said && said !== "auto" && direction !== said) wrong.direction.push(`${direction}, not ${said}: ${named(element)}`);
    if (!["start", direction === "rtl" ? "right" : "left"].includes(textAlign) && !element.matches(".banner, .empty")) {
      wrong.direction.push(`${textAlign} in ${direction}: ${named(element)}`);
    }
  }

  // WCAG 2.2 (2.5.8): what is tapped and does not stand in a sentence.
  for (const element of document.querySelectorAll("nav a, button, .button, input, select, textarea")) {
    const box = element.getBoundingClientRect();
    const label = element.labels?.[0]?.getBoundingClientRect();
    if (shown(element) && Math.max(box.height, label?.height ?? 0) < 24) wrong.targets.push(`${box.height} px: ${named(element)}`);
  }

  for (const element of document.querySelectorAll("[lang]")) {
    if (element.lang && !element.dir && !element.closest("svg")) wrong.language.push(`lang without dir: ${named(element)}`);
  }
  return wrong;
};
