import { byId, setText } from './dom.js';
import { startLanguage, texts } from './i18n.js';

startLanguage(() => {
  document.title = `${texts().loginTitle} · LiveInsight`;
  const failed = new URLSearchParams(location.search).has('error');
  setText(byId('error'), failed ? texts().loginError : '');
  byId('token').setAttribute('aria-invalid', String(failed));
});
