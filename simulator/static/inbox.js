// Looks every second whether there is something new, and puts it in place without moving the page.
"use strict";

const place = document.getElementById("messages");
const dot = document.getElementById("dot");
const state = document.getElementById("state");
let last = null;

async function look() {
  try {
    const answer = await fetch("/messages");
    const text = await answer.text();
    if (!answer.ok) throw new Error(answer.status);
    if (last !== null && text !== last) place.innerHTML = text;
    last = text;
    dot.className = "dot";
    state.textContent = "listening";
  } catch {
    dot.className = "dot off";
    state.textContent = "the simulator has stopped";
  }
}

look();
setInterval(look, 1000);
