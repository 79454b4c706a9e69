import './index.mjs';
