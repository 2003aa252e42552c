// The page's beginning.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '@fontsource-variable/inter';
import '@fontsource-variable/source-serif-4';
import '@xyflow/react/dist/base.css';
import './styles/tokens.css';
import './styles/layout.css';
import './styles/conversation.css';
import './styles/panels.css';
import { App } from './app.js';

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
