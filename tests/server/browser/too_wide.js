// What makes the page itself scroll sideways.
() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const boxes = [...document.querySelectorAll("body *")].map((one) => [one, one.getBoundingClientRect()]);
  return boxes.filter(([, box]) => box.right > width + 1 || box.left < -1).map(([one]) => one.outerHTML.slice(0, 120));
}
