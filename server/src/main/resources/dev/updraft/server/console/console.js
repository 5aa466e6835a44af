// The console without this script works, but is not live. No library: what is here is what there is.
'use strict';

const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const formToken = () => one('meta[name=form-token]')?.content ?? '';

// Times in the viewer's zone, always with the zone.
const moment = new Intl.DateTimeFormat(undefined, {
  year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', timeZoneName: 'short'
});
function ago(millis) {
  const seconds = Math.round((Date.now() - millis) / 1000);
  const past = seconds >= 0, amount = Math.abs(seconds);
  const text = amount < 60 ? amount + ' s' : amount < 3600 ? Math.floor(amount / 60) + ' min'
    : amount < 86400 ? Math.floor(amount / 3600) + ' h' : Math.floor(amount / 86400) + ' d';
  return past ? text + ' ago' : 'in ' + text;
}
function showTimes(within = document) {
  for (const time of all('time[datetime]', within)) {
    const millis = Date.parse(time.dateTime), full = moment.format(millis);
    const text = time.dataset.ago === undefined ? full : ago(millis);
    if (time.textContent !== text) time.textContent = text;
    time.title = full;
  }
}

// A live page is fetched again, and what has changed in it is put in place: parts marked with data-live, by their ids.
let fetching = false, again = null;
async function refresh() {
  if (fetching || document.hidden) return;
  fetching = true;
  try {
    const answer = await fetch(location.href, {headers: {Accept: 'text/html', 'X-Live': '1'}, redirect: 'manual'});
    if (answer.type === 'opaqueredirect') { location.reload(); return; }
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
    showTimes(fresh);
    for (const part of all('[data-live]')) {
      if (one('dialog[open]', part)) continue;
      const now = fresh.getElementById(part.id);
      if (now && now.innerHTML !== part.innerHTML && !part.contains(document.activeElement)) part.replaceChildren(...now.childNodes);
      else if (now && now.innerHTML !== part.innerHTML) keepFocus(part, now);
    }
    live(true);
  } catch (e) { live(false); } finally { fetching = false; }
}
function keepFocus(part, now) {
  const focused = document.activeElement, id = focused.id, href = focused.getAttribute('href');
  if (focused.matches('input, select, textarea')) return;
  part.replaceChildren(...now.childNodes);
  const same = id ? document.getElementById(id) : href ? all('a', part).find(a => a.getAttribute('href') === href) : null;
  same?.focus();
}
function live(works) {
  const mark = one('#live');
  if (mark) { mark.textContent = works ? 'Live' : 'Not connected; trying again'; mark.className = 'state ' + (works ? 'good' : 'warn'); }
}
function soon() {
  if (!again) again = setTimeout(() => { again = null; refresh(); }, 400 + Math.random() * 800);
}
if (one('[data-live]')) {
  const every = Number(document.body.dataset.every || 5) * 1000;
  setInterval(refresh, every);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) refresh(); });
  const source = new EventSource('/console/events');
  source.onopen = () => live(true);
  source.onerror = () => live(false);
  const wanted = (document.body.dataset.events || '').split(' ').filter(Boolean);
  for (const type of wanted) source.addEventListener(type, soon);
  addEventListener('pagehide', () => source.close());
}

// How many devices a filter fits, while it is typed.
for (const input of all('[data-count]')) {
  const out = document.getElementById(input.dataset.count);
  let timer = null, last = null, running = null;
  const count = async () => {
    const form = input.form, url = new URL(form?.dataset.countUrl || '/console/devices/count', location.href);
    url.searchParams.set('filter', input.value);
    if (last === url.href) return;
    last = url.href;
    running?.abort();
    running = new AbortController();
    out.textContent = 'Counting…';
    try {
      const answer = await fetch(url, {signal: running.signal, headers: {Accept: 'application/json'}});
      const said = await answer.json();
      out.textContent = said.text;
      out.className = said.good ? 'hint' : 'wrong';
      input.setAttribute('aria-invalid', said.good ? 'false' : 'true');
    } catch (e) { if (e.name !== 'AbortError') out.textContent = 'The count cannot be had at the moment.'; }
  };
  input.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(count, 250); });
  if (input.dataset.countNow !== undefined) count();
}

// A confirmation says what will happen before it does.
document.addEventListener('click', event => {
  const opener = event.target.closest('[data-dialog]');
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (dialog?.showModal) { event.preventDefault(); dialog.showModal(); }
  }
  if (event.target.closest('[data-close]')) { event.preventDefault(); event.target.closest('dialog').close(); }
  const copy = event.target.closest('[data-copy]');
  if (copy) navigator.clipboard?.writeText(document.getElementById(copy.dataset.copy).textContent).then(() => { copy.textContent = 'Copied'; });
});

// The same form is not sent twice.
document.addEventListener('submit', event => {
  if (event.defaultPrevented) return;
  const buttons = all('button:not([type=button])', event.target);
  setTimeout(() => buttons.forEach(button => { button.disabled = true; }), 0);
});
addEventListener('pageshow', () => all('button:disabled').forEach(button => { button.disabled = false; }));

// Releases: drop a file, see how far it is.
for (const form of all('form[data-upload]')) {
  const input = one('input[type=file]', form), drop = one('.drop', form), bar = one('progress', form), out = one('[data-out]', form);
  const chosen = () => { one('[data-name]', form).textContent = input.files.length ? input.files[0].name + ', ' + input.files[0].size.toLocaleString() + ' bytes' : 'No file chosen'; };
  input.addEventListener('change', chosen);
  for (const kind of ['dragenter', 'dragover']) drop.addEventListener(kind, event => { event.preventDefault(); drop.classList.add('over'); });
  for (const kind of ['dragleave', 'drop']) drop.addEventListener(kind, event => { event.preventDefault(); drop.classList.remove('over'); });
  drop.addEventListener('drop', event => { if (event.dataTransfer.files.length) { input.files = event.dataTransfer.files; chosen(); } });
  form.addEventListener('submit', event => {
    event.preventDefault();
    const wrong = text => { out.textContent = text; out.hidden = false; bar.hidden = true; one('button', form).disabled = false; };
    if (!input.files.length) { wrong('Choose an image file first.'); input.focus(); return; }
    const url = new URL(form.action);
    for (const [name, value] of new FormData(form)) if (typeof value === 'string' && value && name !== 'form-token') url.searchParams.set(name, value);
    const request = new XMLHttpRequest();
    request.open('POST', url);
    request.setRequestHeader('X-Form-Token', formToken());
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.setRequestHeader('Accept', 'application/json');
    request.upload.onprogress = at => { bar.max = at.total; bar.value = at.loaded; };
    request.onerror = () => wrong('The upload broke off; send it again.');
    request.onload = () => {
      let said = {};
      try { said = JSON.parse(request.responseText); } catch (e) { said = {error: 'The server answered ' + request.status + '.'}; }
      if (request.status === 200 && said.to) location.assign(said.to); else wrong(said.error);
    };
    out.hidden = true; bar.hidden = false; bar.removeAttribute('value'); one('button', form).disabled = true;
    request.send(input.files[0]);
  });
}

// The navigation of a narrow screen.
for (const button of all('.menu-button')) {
  button.hidden = false;
  button.addEventListener('click', () => button.setAttribute('aria-expanded', button.getAttribute('aria-expanded') === 'false'));
}

// Light and dark.
for (const button of all('[data-theme-button]')) {
  button.hidden = false;
  button.addEventListener('click', () => {
    const dark = getComputedStyle(document.documentElement).colorScheme === 'dark';
    document.documentElement.dataset.theme = dark ? 'light' : 'dark';
    document.cookie = 'updraft-theme=' + (dark ? 'light' : 'dark') + '; Path=/console; SameSite=Strict; Max-Age=31536000';
  });
}

// Keys: g and a letter goes somewhere, / to the filter.
let gone = 0;
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.('input, select, textarea, dialog')) return;
  const places = {o: '', d: '/devices', r: '/rollouts', l: '/releases', a: '/audit', u: '/users', t: '/tokens', w: '/webhooks', s: '/settings'};
  if (event.key === '/') { const field = one('[data-search]'); if (field) { event.preventDefault(); field.focus(); field.select(); } }
  else if (event.key === '?') { one('#keys')?.showModal(); }
  else if (event.key === 'g') { gone = Date.now(); return; }
  else if (Date.now() - gone < 1500 && event.key in places) location.assign('/console' + places[event.key]);
  gone = 0;
});

showTimes();
setInterval(showTimes, 1000);
