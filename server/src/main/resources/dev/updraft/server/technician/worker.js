// The page without a network: its own files, the newest where there is one.
const KEPT = 'technician', FILES = ['/technician/page', '/technician/technician.js', '/technician/smp.js', '/technician/pipes.js', '/technician/technician.css'];

addEventListener('install', event => event.waitUntil(caches.open(KEPT).then(cache => cache.addAll(FILES)).then(() => skipWaiting())));
addEventListener('activate', event => event.waitUntil(clients.claim()));
addEventListener('fetch', event => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || !FILES.includes(url.pathname)) return;
  event.respondWith(fetch(event.request).then(async fresh => {
    if (fresh.ok) await (await caches.open(KEPT)).put(event.request, fresh.clone());
    return fresh;
  }).catch(() => caches.match(event.request)));
});
