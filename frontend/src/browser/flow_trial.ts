/** Whether a flow passes: the server's WebSocket, or a call to oneself through one relay. */

export const WITHIN_MS = 10_000;

/** Whether the server answers at a WebSocket (ws or wss) of ours. */
export async function trySocket(address: string, withinMs = WITHIN_MS): Promise<boolean> {
  const socket = new WebSocket(address);
  try {
    return await within(withinMs, (done) => {
      socket.onmessage = () => done(true);
      socket.onclose = () => done(false);
    });
  } finally {
    socket.close();
  }
}

/** Whether a message comes from one relayed address of this relay to another. */
export async function tryRelay(server: RTCIceServer, withinMs = WITHIN_MS): Promise<boolean> {
  const options: RTCConfiguration = { iceServers: [server], iceTransportPolicy: "relay" };
  const [near, far] = [new RTCPeerConnection(options), new RTCPeerConnection(options)];
  try {
    return await within(withinMs, (done) => {
      lead(near, far);
      lead(far, near);
      const channel = near.createDataChannel("trial");
      channel.onopen = () => channel.send("?");
      far.ondatachannel = ({ channel: other }) => {
        other.onmessage = () => done(true);
      };
      meet(near, far).catch(() => done(false));
    });
  } finally {
    near.close();
    far.close();
  }
}

function lead(from: RTCPeerConnection, to: RTCPeerConnection): void {
  from.onicecandidate = ({ candidate }) => {
    // Closed meanwhile: the trial is over.
    if (candidate !== null) void to.addIceCandidate(candidate).catch(() => undefined);
  };
}

async function meet(near: RTCPeerConnection, far: RTCPeerConnection): Promise<void> {
  const offer = await near.createOffer();
  await far.setRemoteDescription(offer);
  await near.setLocalDescription(offer);
  const answer = await far.createAnswer();
  await near.setRemoteDescription(answer);
  await far.setLocalDescription(answer);
}

function within(ms: number, begin: (done: (is: boolean) => void) => void): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms);
    begin((is) => {
      clearTimeout(timer);
      resolve(is);
    });
  });
}
