// A stage that repeats: what it is shown as a note comes back as text from the control channel.
const say = (message) => globalThis.cordeeSend(JSON.stringify(message));

globalThis.cordee = {
  receive(text) {
    const message = JSON.parse(text);
    if (message.type === "show") {
      document.getElementById("said").textContent = message.note;
      const hole = message.guest ? [440, 80, 800, 600] : [0, 0, 0, 0];
      const [left, top, width, height] = hole;
      say({ type: "hole_moved", left, top, width, height });
    }
    if (message.type === "send_control") say({ type: "control_arrived", text: message.text });
    if (message.type === "send_bulk") say({ type: "bulk_got", ms: 5 });
    if (message.type === "hang_up") globalThis.cordeeSend("{nonsense");
  },
};
say({ type: "stage_ready" });
