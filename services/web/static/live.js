// Keeps the parts of a live page as they stand now. Each message of the stream has all of them; those
// that are the same stay untouched, so that nobody loses their place. Paused, nothing moves.
"use strict";
(() => {
  const live = document.getElementById("live");
  const state = document.getElementById("live-state");
  const pause = document.getElementById("live-pause");
  const policy = window.trustedTypes
    ? trustedTypes.createPolicy("accord", { createHTML: (html) => html })
    : { createHTML: (html) => html };
  let paused = false;
  let newest = null;
  let shownAt = null;

  const clock = (at) => at.toLocaleTimeString([], { hour12: false });

  function told() {
    if (paused) {
      state.textContent = newest ? "Paused. Something has changed since." : `Paused, as of ${clock(shownAt ?? new Date())}.`;
    } else if (shownAt) {
      state.textContent = `Live, as of ${clock(shownAt)}.`;
    }
  }

  function replaced(old, part) {
    const within = old.contains(document.activeElement) ? document.activeElement : null;
    const link = within?.getAttribute("href");
    old.replaceChildren(...part.childNodes);
    if (link) {
      old.querySelector(`a[href="${CSS.escape(link)}"]`)?.focus();
    } else if (within) {
      document.querySelector("h1").focus();
    }
  }

  function show(html) {
    const template = document.createElement("template");
    template.innerHTML = policy.createHTML(html);
    for (const part of [...template.content.children]) {
      const old = document.getElementById(part.id);
      if (old && old.innerHTML !== part.innerHTML) replaced(old, part);
    }
    newest = null;
    shownAt = new Date();
    told();
  }

  function hear() {
    const source = new EventSource(live.dataset.from);
    source.onmessage = (message) => {
      newest = message.data;
      if (paused) told();
      else show(newest);
    };
    source.onerror = () => {
      if (!paused) state.textContent = `Connection lost, showing ${clock(shownAt ?? new Date())}. Trying again.`;
      if (source.readyState === EventSource.CLOSED) setTimeout(hear, 2000 + Math.random() * 4000);
    };
  }

  hear();
  pause.hidden = false;
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
    pause.textContent = paused ? "Go on" : "Pause";
    if (!paused && newest) show(newest);
    else told();
  });
})();
