import { createElement, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { init, track } from 'liveinsight';

function App() {
  useEffect(() => init({ apiUrl: globalThis.COLLECTOR }), []);
  return createElement('button', { onClick: () => track('signup', { plan: 'pro' }) }, 'Sign up');
}

createRoot(document.getElementById('app')).render(createElement(App));
