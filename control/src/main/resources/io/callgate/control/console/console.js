// What moves in the console. Every page works without it; what it shows comes from the server as it is shown.
"use strict";

const EVERY = 2000; // ms
const live = document.querySelector("[data-live]");
if (live) {
  follow(live);
}
document.addEventListener("submit", event => {
  const question = event.target.dataset.sure;
  if (question && !confirm(question)) {
    event.preventDefault();
  }
});
if (document.querySelector("[data-again]")) {
  setTimeout(again, EVERY);
}

// Shows a section of this page as it is now, until it is as it stays.
async function again() {
  const section = document.querySelector("[data-again]");
  try {
    const page = await fetch(location.href);
    const fresh = new DOMParser().parseFromString(await page.text(), "text/html").getElementById(section.id);
    if (fresh) {
      replace(section, fresh.innerHTML);
      section.toggleAttribute("data-again", fresh.hasAttribute("data-again"));
    }
  } catch {
    // The next try is soon.
  }
  if (section.hasAttribute("data-again")) {
    setTimeout(again, EVERY);
  }
}

function follow(numbers) {
  const tables = document.getElementById("tables");
  const chart = chartIn(document.getElementById("chart"));
  const notice = document.createElement("p");
  notice.className = "problem";
  notice.setAttribute("role", "status");
  notice.textContent = numbers.dataset.lost;
  const source = new EventSource(numbers.dataset.live);
  source.addEventListener("numbers", event => replace(numbers, event.data));
  source.addEventListener("tables", event => replace(tables, event.data));
  source.addEventListener("history", event => chart.begin(JSON.parse(event.data)));
  source.addEventListener("point", event => chart.add(JSON.parse(event.data)));
  for (const name of ["numbers", "silence"]) {
    source.addEventListener(name, () => tell(name === "silence"));
  }
  source.onerror = () => tell(true);

  function tell(isLost) {
    numbers.classList.toggle("stale", isLost);
    if (isLost) {
      numbers.before(notice);
    } else {
      notice.remove();
    }
  }
}

// Leaves alone what has not changed, and what somebody stands in with the keyboard or has marked.
function replace(place, html) {
  if (place.innerHTML === html || place.contains(document.activeElement)) {
    return;
  }
  const marked = document.getSelection();
  if (marked && !marked.isCollapsed && place.contains(marked.anchorNode)) {
    return;
  }
  place.innerHTML = html;
}

function chartIn(place) {
  const most = Number(place.dataset.most);
  const columns = [[], [], []];
  const colors = getComputedStyle(document.documentElement);
  const color = name => colors.getPropertyValue(name).trim();
  const axis = {stroke: color("--soft"), grid: {stroke: color("--line"), width: 1}, ticks: {stroke: color("--line")}};
  const height = 260;
  const clock = seconds => new Date(seconds * 1000).toLocaleTimeString([], {hour12: false});
  const points = {show: false};
  place.textContent = "";
  const plot = new uPlot({
    width: place.clientWidth,
    height,
    legend: {live: true},
    series: [
      {label: place.dataset.time, value: (plot, seconds) => seconds === null ? "–" : clock(seconds)},
      {label: place.dataset.sessions, stroke: color("--accent"), width: 2, scale: "sessions", points},
      {label: place.dataset.rate, stroke: color("--second"), width: 2, scale: "rate", dash: [6, 4], points},
    ],
    scales: {
      sessions: {range: (plot, low, high) => [0, Math.max(5, high * 1.1)]},
      rate: {range: (plot, low, high) => [0, Math.max(1, high * 1.1)]},
    },
    axes: [
      {...axis, space: 90, values: (plot, splits) => splits.map(clock)},
      {...axis, scale: "sessions", label: place.dataset.sessions, size: 60},
      {...axis, scale: "rate", label: place.dataset.rate, side: 1, size: 60, grid: {show: false}},
    ],
  }, columns, place);
  addEventListener("resize", () => plot.setSize({width: place.clientWidth, height}));
  window.callgateChart = columns;

  return {
    begin(points) {
      columns.forEach((column, i) => column.splice(0, column.length, ...points.map(point => point[i])));
      plot.setData(columns);
    },
    add(point) {
      if (point[0] <= columns[0].at(-1)) {
        return;
      }
      columns.forEach((column, i) => {
        column.push(point[i]);
        column.splice(0, column.length - most);
      });
      plot.setData(columns);
    },
  };
}
