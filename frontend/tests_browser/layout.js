// What of the stage is cut off, as text: the tests expect nothing.
globalThis.cutOff = () => {
  const boxes = ".card, .sheet, .next, .rest, .held, .foot, .end, .ground, .privacy, .soon";
  const screen = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  return [...document.querySelectorAll("main *:not(.hidden):not(svg *):not(.tie)")]
    .filter((each) => {
      const box = each.getBoundingClientRect();
      if (box.width === 0 || box.height === 0) return false;
      if (each.matches("button") && each.scrollWidth > each.clientWidth + 1) return true;
      const holder = each.parentElement.closest(boxes)?.getBoundingClientRect() ?? screen;
      return (
        box.left < holder.left - 2 ||
        box.top < holder.top - 2 ||
        box.right > holder.right + 2 ||
        box.bottom > holder.bottom + 2
      );
    })
    .map((each) => `${each.className}: ${each.textContent.slice(0, 40)}`);
};

// Half a second of silence as WAV in base64.
globalThis.silence = () => {
  const samples = 4000;
  const bytes = new DataView(new ArrayBuffer(44 + samples * 2));
  const text = (at, letters) => {
    for (const [index, letter] of [...letters].entries()) {
      bytes.setUint8(at + index, letter.charCodeAt(0));
    }
  };
  text(0, "RIFF");
  bytes.setUint32(4, 36 + samples * 2, true);
  text(8, "WAVEfmt ");
  bytes.setUint32(16, 16, true);
  bytes.setUint16(20, 1, true);
  bytes.setUint16(22, 1, true);
  bytes.setUint32(24, 8000, true);
  bytes.setUint32(28, 16000, true);
  bytes.setUint16(32, 2, true);
  bytes.setUint16(34, 16, true);
  text(36, "data");
  bytes.setUint32(40, samples * 2, true);
  return btoa(String.fromCharCode(...new Uint8Array(bytes.buffer)));
};

// The agent's end of a call on the same page, joined to the stage by hand.
globalThis.joinAgent = () => {
  const tell = (message) => cordee.receive(JSON.stringify(message));
  globalThis.agent = peers.openPeer({
    role: "agent",
    iceServers: [],
    relayOnly: false,
    onSignal: (signal) => tell({ type: "signal_in", signal: JSON.stringify(signal) }),
    onState: () => {},
    onTrack: () => {},
    onControl: (text) => {
      globalThis.heard = text;
    },
  });
  const push = said.push.bind(said);
  said.push = (message) => {
    push(message);
    if (message.type === "signal_out") agent.receive(JSON.parse(message.signal));
    return said.length;
  };
};
