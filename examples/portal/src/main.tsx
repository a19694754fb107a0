import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import './styles/base.css';
import './styles/shell.css';
import './styles/forms.css';
import './styles/parts.css';
import './styles/pages.css';
import './styles/schedule.css';
import './styles/selections.css';
import './styles/choosing.css';
import './styles/messages.css';

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
