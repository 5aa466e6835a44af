// Bytes to and from a device: a serial port, or a Bluetooth characteristic. Both are {write(bytes), onBytes, close()}.
const SERVICE = '8d53dc1d-1db7-4cd3-868b-8a527460aa84', CHARACTERISTIC = 'da2e7828-fbce-4e01-ae9e-261174997c48';
const LONG_PIECE = 244, SHORT_PIECE = 20; // the page cannot learn the MTU

export async function serial(baudRate) {
  const port = await navigator.serial.requestPort();
  await port.open({baudRate, bufferSize: 16384});
  const writer = port.writable.getWriter(), reader = port.readable.getReader();
  const pipe = {
    onBytes: () => {},
    write: bytes => writer.write(bytes),
    close: async () => { await reader.cancel(); writer.releaseLock(); await port.close(); },
  };
  (async () => {
    for (let read = await reader.read(); !read.done; read = await reader.read()) pipe.onBytes(read.value);
    reader.releaseLock();
  })().catch(() => {}); // unplugged: the next request is not answered
  return pipe;
}

export async function bluetooth() {
  const device = await navigator.bluetooth.requestDevice({filters: [{services: [SERVICE]}]});
  const server = await device.gatt.connect();
  const characteristic = await (await server.getPrimaryService(SERVICE)).getCharacteristic(CHARACTERISTIC);
  let piece = LONG_PIECE;
  const pipe = {
    onBytes: () => {},
    // One operation at a time: the browser refuses a second one.
    write: async bytes => {
      for (let at = 0; at < bytes.length;) {
        try {
          await characteristic.writeValueWithoutResponse(bytes.slice(at, at + piece));
          at += piece;
        } catch (error) {
          if (piece === SHORT_PIECE) throw error;
          piece = SHORT_PIECE;
        }
      }
    },
    close: () => device.gatt.disconnect(),
  };
  characteristic.addEventListener('characteristicvaluechanged', event => pipe.onBytes(new Uint8Array(event.target.value.buffer)));
  await characteristic.startNotifications();
  return pipe;
}
