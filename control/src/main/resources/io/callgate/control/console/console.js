// What moves in the console beside what htmx does (decision 0165). Every page works without it; what it shows comes from the server as
// it is shown.
"use strict";

const live = document.getElementById("live");
if (live) {
  follow(live);
}
document.addEventListener("submit", event => {
  const question = event.target.dataset.sure;
  if (question && !confirm(question)) {
    event.preventDefault();
  }
});
// Leaves alone what somebody has marked.
document.addEventListener("htmx:before:swap", ({detail: {tasks}}) => {
  tasks.splice(0, tasks.length, ...tasks.filter(task => !isMarked(task.target)));
});
document.addEventListener("htmx:after:request", event => {
  if (leaveIfLedAway(event.detail.ctx.response.status)) {
    event.preventDefault(); // nothing of it is shown here
  }
});

// Where the session is over, control leads to the form for signing in; htmx follows nowhere (redirect:manual), and has status 0.
// Not reload(): a page may be the answer to a form. Without the fragment: to a place of the same page nothing is loaded.
function leaveIfLedAway(status) {
  if (status === 0) {
    location.assign(location.pathname + location.search);
  }
  return status === 0;
}

function isMarked(place) {
  const marked = document.getSelection();
  return marked && !marked.isCollapsed && place?.contains(marked.anchorNode);
}

// Draws the chart, and says when there is no news; the stream is htmx's, and so is all that it shows elsewhere.
function follow(stream) {
  const chart = chartIn(document.getElementById("chart"));
  const notice = document.createElement("p");
  notice.className = "problem";
  notice.setAttribute("role", "status");
  notice.textContent = stream.dataset.lost;
  const on = (name, heard) => stream.addEventListener(name, event => heard(event.detail));
  on("history", news => chart.begin(JSON.parse(news.data)));
  on("point", news => {
    chart.add(JSON.parse(news.data));
    tell(false);
  });
  for (const name of ["silence", "htmx:error", "htmx:response:error"]) {
    on(name, () => tell(true));
  }
  on("htmx:sse:before:connection", ({connection}) => tell(connection.attempt > 0)); // it was lost
  on("htmx:sse:error", ({status}) => leaveIfLedAway(status));

  function tell(isLost) {
    stream.classList.toggle("stale", isLost);
    if (isLost) {
      stream.before(notice);
    } else {
      notice.remove();
    }
  }
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
