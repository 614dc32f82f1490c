/* Everything here is an improvement on pages that already work without it: theme, tree keyboard, span panel without
   a reload, hover detail, copy, live updates. Loaded in <head>, so that a chosen theme holds before the first paint. */
(function () {
  'use strict';
  const root = document.documentElement;
  const store = {
    get: key => { try { return localStorage.getItem(key); } catch { return null; } },       // private mode
    set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* private mode */ } },
  };
  const theme = new URLSearchParams(location.search).get('theme') || store.get('theme');
  if (theme === 'dark' || theme === 'light') root.dataset.theme = theme;

  document.addEventListener('DOMContentLoaded', () => {
    const $ = (selector, from = document) => from.querySelector(selector);
    const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
    const say = text => { $('#say').textContent = text; };

    $('#theme')?.addEventListener('click', () => {
      const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
      root.dataset.theme = dark ? 'light' : 'dark';
      store.set('theme', root.dataset.theme);
      say(root.dataset.theme + ' theme');
    });

    document.addEventListener('click', event => {
      const button = event.target.closest('[data-copy]');
      if (!button || !navigator.clipboard) return;
      event.preventDefault();
      navigator.clipboard.writeText(location.href).then(() => say('Copied'));
    });

    document.addEventListener('keydown', event => {
      if (event.key !== '/' || /INPUT|SELECT|TEXTAREA/.test(event.target.tagName)) return;
      const search = $('input[type=search]');
      if (search) { search.focus(); event.preventDefault(); }
    });

    /* ---- Waterfall: rows are looked up each time, because a live update replaces them ---- */
    const rows = () => $$('.wf tbody tr[data-key]');
    const level = row => +row.getAttribute('aria-level');
    const isOpen = row => row.getAttribute('aria-expanded');
    const panel = $('#panel');

    function layout() {
      let shut = 99;
      for (const row of rows()) {
        if (level(row) <= shut) shut = 99;
        row.hidden = shut < 99;
        const error = row.nextElementSibling;
        if (error?.classList.contains('err')) error.hidden = row.hidden;
        if (!row.hidden && isOpen(row) === 'false') shut = level(row);
      }
    }

    function fold(row, open) {
      if (!row.hasAttribute('aria-expanded')) return;
      row.setAttribute('aria-expanded', open);
      $('.tw', row)?.setAttribute('aria-label', (open ? 'Collapse ' : 'Expand ') + row.dataset.name);
      layout();
    }

    function focus(row) {
      if (!row) return;
      for (const other of rows()) other.tabIndex = -1;
      row.tabIndex = 0;
      row.focus();
    }

    function parent(row) {
      const all = rows();
      for (let i = all.indexOf(row); i-- > 0;) if (level(all[i]) < level(row)) return all[i];
    }

    function mark(key) {
      for (const row of rows()) {
        row.setAttribute('aria-selected', row.dataset.span === key && !!key);
        row.classList.toggle('lead', row.dataset.span === key && !!key);
      }
    }

    function address(key) {
      const url = new URL(location.href);
      if (key) url.searchParams.set('span', key); else url.searchParams.delete('span');
      history.replaceState(null, '', url);
    }

    let asked = 0;
    async function select(row, quiet) {
      const key = row?.dataset.span;
      if (!key || !panel) return;
      mark(key);
      const mine = ++asked;
      const answer = await fetch(`${location.pathname}/spans/${encodeURIComponent(key)}`, { headers: { accept: 'text/html' } }).catch(() => null);
      if (!answer?.ok || mine !== asked) return;
      const part = new DOMParser().parseFromString(await answer.text(), 'text/html');
      panel.replaceChildren(...part.body.childNodes);
      panel.hidden = false;
      panel.removeAttribute('data-auto');
      $('.wfx').classList.add('has-panel');
      if (!quiet) { address(key); say(row.dataset.name + ' selected'); }
    }

    function close() {
      if (!panel || panel.hidden) return;
      asked++;
      panel.hidden = true;
      $('.wfx').classList.remove('has-panel');
      const row = $('.wf tr[aria-selected=true]');
      mark(null);
      address(null);
      focus(row);
    }

    $('#wf')?.addEventListener('click', event => {
      const tree = event.target.closest('[data-tree]');
      if (tree) {
        event.preventDefault();
        for (const row of rows())
          if (row.hasAttribute('aria-expanded')) {
            const calls = rows().filter(child => parent(child) === row);
            row.setAttribute('aria-expanded', tree.dataset.tree === 'all' || !calls.every(child => child.classList.contains('call')));
          }
        layout();
        return;
      }
      if (event.target.closest('.close')) { event.preventDefault(); close(); return; }
      const row = event.target.closest('tr[data-key]');
      if (!row) return;
      if (event.target.closest('.tw[aria-label]')) { fold(row, isOpen(row) !== 'true'); return; }
      if (event.metaKey || event.ctrlKey) return;
      event.preventDefault();
      focus(row);
      select(row);
    });

    $('#wf')?.addEventListener('keydown', event => {
      const row = event.target.closest('tr[data-key]');
      if (!row || event.target !== row) return;
      const shown = rows().filter(other => !other.hidden), at = shown.indexOf(row);
      switch (event.key) {
        case 'ArrowDown': case 'j': focus(shown[at + 1]); break;
        case 'ArrowUp': case 'k': focus(shown[at - 1]); break;
        case 'Home': focus(shown[0]); break;
        case 'End': focus(shown[shown.length - 1]); break;
        case 'ArrowRight': if (isOpen(row) === 'false') fold(row, true); else if (isOpen(row)) focus(shown[at + 1]); break;
        case 'ArrowLeft': if (isOpen(row) === 'true') fold(row, false); else focus(parent(row)); break;
        case 'Enter': case ' ': select(row); break;
        default: return;
      }
      event.preventDefault();
    });
    document.addEventListener('keydown', event => { if (event.key === 'Escape') close(); });

    const tip = document.createElement('div');
    tip.className = 'tip';
    tip.hidden = true;
    tip.setAttribute('aria-hidden', 'true');
    document.body.append(tip);
    document.addEventListener('mousemove', event => {
      const row = event.target.closest?.('.wf td.tl')?.parentNode;
      tip.hidden = !row?.dataset.tip;
      if (tip.hidden) return;
      const name = document.createElement('b');
      name.textContent = row.dataset.name;
      tip.replaceChildren(name, row.dataset.tip);
      // Positions are set by script through CSSOM, which a strict style policy allows.
      tip.style.left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8) + 'px';
      tip.style.top = (event.clientY + 18 + tip.offsetHeight > innerHeight ? event.clientY - tip.offsetHeight - 10 : event.clientY + 18) + 'px';
    });

    const wanted = new URLSearchParams(location.search).get('span');
    const chosen = wanted && rows().find(row => row.dataset.span === wanted);
    if (chosen) {
      for (let above = parent(chosen); above; above = parent(above)) fold(above, true);
      chosen.scrollIntoView({ block: innerWidth < 1200 ? 'start' : 'center' });
    }

    /* ---- Live: the server says what changed, the page asks for itself and takes over what differs ---- */
    const live = document.body.dataset.live;
    let paused = false, busy = false, again = false;

    async function refresh() {
      if (paused) { again = true; return; }
      if (busy) { again = true; return; }
      busy = true;
      again = false;
      const answer = await fetch(location.href, { headers: { accept: 'text/html' } }).catch(() => null);
      if (answer?.ok) take(new DOMParser().parseFromString(await answer.text(), 'text/html'));
      busy = false;
      if (again && !paused) setTimeout(refresh, 250);
    }

    function take(page) {
      if ($('#list')) takeRuns(page);
      // The title says the run's state: what is announced is that it changed, not each row on the way.
      const turned = page.title !== document.title && !$('#list');
      const folded = new Map(rows().map(row => [row.dataset.key, isOpen(row)]));
      const focused = document.activeElement?.dataset?.key;
      const selected = $('.wf tr[aria-selected=true]')?.dataset.span;
      const stop = $('.wf tr[tabindex="0"]')?.dataset.key;
      for (const part of $$('[data-swap]')) {
        const fresh = page.getElementById(part.id);
        if (fresh && fresh.innerHTML !== part.innerHTML) part.replaceChildren(...fresh.childNodes);
      }
      document.title = page.title;
      if (turned) say($('#verdict h1 > :last-child')?.textContent.trim() ?? page.title);
      if (!$('.wf')) return;
      for (const row of rows()) {
        const was = folded.get(row.dataset.key);
        if (was != null && row.hasAttribute('aria-expanded')) row.setAttribute('aria-expanded', was);
        if (stop) row.tabIndex = row.dataset.key === stop ? 0 : -1;
      }
      layout();
      if (selected && !panel.hidden) { mark(selected); select(rows().find(row => row.dataset.span === selected), true); }
      if (focused) focus(rows().find(row => row.dataset.key === focused));
    }

    function takeRuns(page) {
      const list = $('#list'), fresh = page.getElementById('list');
      const before = new Map($$('tr[data-run]', list).map(row => [row.dataset.run, row]));
      const after = $$('tr[data-run]', fresh);
      const chips = page.getElementById('chips');
      if (chips) $('#chips').replaceChildren(...chips.childNodes);
      for (const row of after) {
        const old = before.get(row.dataset.run);
        if (!old && before.size) say(row.dataset.name + ' started');
        else if (old?.dataset.status === 'Running' && row.dataset.status !== 'Running') say(`${row.dataset.name}: ${row.dataset.status}`);
      }
      const same = after.length === before.size && after.every(row => before.has(row.dataset.run));
      if (!same) {
        // A row must not slip from under the pointer or the focus: wait until neither is on the list.
        if (list.matches(':hover') || list.contains(document.activeElement)) {
          for (const row of after) swap(before.get(row.dataset.run), row.cloneNode(true));
          list.dataset.stale = '1';
          return;
        }
        list.replaceChildren(...fresh.childNodes);
        delete list.dataset.stale;
        return;
      }
      for (const row of after) swap(before.get(row.dataset.run), row);
    }

    function swap(old, fresh) {
      if (!old || old.innerHTML === fresh.innerHTML) return;
      const focused = old.contains(document.activeElement);
      old.replaceWith(fresh);
      if (focused) $('a', fresh)?.focus();
    }

    if (live && window.EventSource) {
      const events = new EventSource(live);
      const dot = $('#live'), pause = $('#pause');
      events.addEventListener('hello', () => { if (dot) dot.hidden = false; if (pause) pause.hidden = false; document.body.dataset.listening = '1'; });
      events.addEventListener('run', refresh);
      events.addEventListener('error', () => { if (dot) dot.hidden = true; delete document.body.dataset.listening; });
      $('#list')?.addEventListener('mouseleave', () => { if ($('#list').dataset.stale) refresh(); });
      pause?.addEventListener('click', () => {
        paused = !paused;
        document.body.toggleAttribute('data-paused', paused);
        pause.setAttribute('aria-pressed', paused);
        pause.textContent = paused ? 'Resume' : 'Pause';
        say(paused ? 'Live updates paused' : 'Live updates on');
        if (!paused && again) refresh();
      });
      setInterval(() => {
        if (paused) return;
        for (const clock of $$('[data-since]')) {
          const seconds = Math.max(0, (Date.now() - Date.parse(clock.dataset.since)) / 1000);
          clock.textContent = seconds < 60 ? seconds.toFixed(1) + ' s' : `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
        }
      }, 1000);
      addEventListener('pagehide', () => events.close());
    }
  });
}());
