// The console's page: shows what the room says, hands in what a person says or presses.
const room = document.querySelector('#room');
const line = document.querySelector('#line');
const words = document.querySelector('#words');
const dialog = document.querySelector('#confirm');
const name = room.dataset.room;
const history = [];
let back = 0;

function isAtEnd() {
  return window.innerHeight + window.scrollY >= document.body.scrollHeight - 120;
}

function put(html, number) {
  const stays = isAtEnd();
  const template = document.createElement('template');
  template.innerHTML = html;
  const article = template.content.firstElementChild;
  const old = number === undefined ? null : room.querySelector(`article[data-number="${number}"]`);
  if (old) {
    for (const [index, folded] of [...old.querySelectorAll('details')].entries())
      if (folded.open) article.querySelectorAll('details')[index]?.setAttribute('open', '');
    old.replaceWith(article);
  } else {
    room.append(article);
  }
  if (stays) window.scrollTo(0, document.body.scrollHeight);
}

function tell(text, isBad) {
  line.textContent = text;
  line.classList.toggle('bad', isBad);
}

const events = new EventSource(`/console/events?room=${encodeURIComponent(name)}`);
events.addEventListener('entry', (event) => {
  const { number, html } = JSON.parse(event.data);
  put(html, number);
});
events.addEventListener('whole', () => {
  tell('connected', false);
  window.scrollTo(0, document.body.scrollHeight);
  void showBoard();
});
events.addEventListener('error', () => tell('no connection; trying again …', true));

async function handIn(said) {
  const id = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`.replace('.', '');
  const body = JSON.stringify({
    id,
    room: name,
    ...said,
  });
  for (let tries = 1; tries <= 4; tries += 1) {
    try {
      const response = await fetch('/console/say', {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
      });
      if (response.status === 401) return location.reload();
      if (!response.ok) return tell((await response.text()).trim(), true);
      const { refused } = await response.json();
      if (refused) put(refused);
      return undefined;
    } catch {
      tell(`it was not handed in; trying again (${tries}) …`, true);
      await new Promise((resolve) => setTimeout(resolve, 1000 * tries));
    }
  }
  return tell('it was not handed in: the console does not answer. In the shell, tq chat does the same.', true);
}

function agreed(question) {
  dialog.querySelector('p').textContent = question;
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}

async function press(button) {
  const { command, nonce, confirm } = button.dataset;
  if (confirm && !(await agreed(confirm))) return;
  button.disabled = true;
  const key = button.closest('article')?.dataset.key ?? 'board';
  await handIn({ command, nonce, key, label: button.textContent });
  button.disabled = false;
}

document.addEventListener('click', (event) => {
  const button = event.target.closest?.('button[data-command]');
  if (button) void press(button);
});

document.querySelector('#say').addEventListener('submit', (event) => {
  event.preventDefault();
  const text = words.value.trim();
  if (text === '') return;
  history.push(text);
  back = history.length;
  words.value = '';
  void handIn({ text });
});

words.addEventListener('keydown', (event) => {
  if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
  back = Math.min(history.length, Math.max(0, back + (event.key === 'ArrowUp' ? -1 : 1)));
  words.value = history[back] ?? '';
  event.preventDefault();
});

async function showBoard() {
  const board = document.querySelector('#board');
  try {
    const response = await fetch('/console/board');
    if (response.ok) board.querySelector('div').innerHTML = await response.text();
  } catch {
    // The line above says already that there is no connection.
  }
}
document.querySelector('#board').addEventListener('toggle', () => void showBoard());
setInterval(() => {
  if (document.querySelector('#board').open) void showBoard();
}, 10_000);
words.focus();
