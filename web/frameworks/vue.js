import { createApp, h } from 'vue';
import { init, track } from 'liveinsight';

/** A plug-in, as apps install them. */
const liveInsight = { install: () => init({ apiUrl: globalThis.COLLECTOR }) };

createApp({ render: () => h('button', { onClick: () => track('signup', { plan: 'pro' }) }, 'Sign up') })
  .use(liveInsight)
  .mount('#app');
