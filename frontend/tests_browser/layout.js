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

// Every connection made on the page, in the order of their making.
globalThis.lines = [];
globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...given) {
    super(...given);
    lines.push(this);
  }
};

// What has come to the connection made last: packets of sound and pictures decoded.
globalThis.arrived = async () => {
  const stats = [...(await lines.at(-1).getStats()).values()];
  const of = (kind) => stats.find((each) => each.type === "inbound-rtp" && each.kind === kind) ?? {};
  return { packets: of("audio").packetsReceived ?? 0, pictures: of("video").framesDecoded ?? 0 };
};

// From now on keeps in `loudest` the largest sample that the other face's sound had.
globalThis.listen = () => {
  const context = new AudioContext();
  const ear = new AnalyserNode(context, { fftSize: 32_768 });
  context.createMediaStreamSource(document.querySelector(".face video").srcObject).connect(ear);
  const heard = new Float32Array(ear.fftSize);
  globalThis.loudest = 0;
  // Each look takes in two thirds of a second: nothing passes between two of them.
  setInterval(() => {
    ear.getFloatTimeDomainData(heard);
    globalThis.loudest = Math.max(globalThis.loudest, ...heard.map(Math.abs));
  }, 100);
};

// How bright the other face is: the brightest channel of any of its points, or null.
globalThis.brightest = () => {
  const video = document.querySelector(".face video");
  if (video.videoWidth === 0) return null;
  const canvas = new OffscreenCanvas(16, 16).getContext("2d");
  canvas.drawImage(video, 0, 0, 16, 16);
  const { data } = canvas.getImageData(0, 0, 16, 16);
  return Math.max(...data.filter((_, index) => index % 4 !== 3));
};
