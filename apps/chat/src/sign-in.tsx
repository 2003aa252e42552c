// Sign-in: a token is exchanged for a cookie that no script can read, and forgotten.
import { useState, type SubmitEvent } from 'react';
import { ApiError, VanaClient } from '@vana/stream-client';
import { Mark } from './mark.js';

export function SignIn({ onSignedIn }: { readonly onSignedIn: () => void }) {
  const [token, setToken] = useState('');
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setBusy(true);
    new VanaClient({ token: token.trim() }).signIn().then(onSignedIn, (error: unknown) => {
      setBusy(false);
      const refused = error instanceof ApiError && error.status === 401;
      setProblem(refused ? 'This token is not valid, or it has expired.' : 'Signing in did not work. Try again.');
    });
  };

  return (
    <main className="sign-in">
      <form className="sign-in-card" onSubmit={submit}>
        <Mark />
        <h1>Research, out in the open</h1>
        <p>Ask a question, watch the agents work on it, and read an answer that names its sources.</p>
        <label htmlFor="token">Access token</label>
        <input
          id="token"
          type="password"
          autoComplete="off"
          spellCheck={false}
          value={token}
          placeholder="eyJhbGciOi…"
          aria-describedby="token-hint"
          aria-invalid={problem !== undefined}
          onChange={(event) => setToken(event.target.value)}
        />
        {problem && (
          <p className="problem" role="alert">
            {problem}
          </p>
        )}
        <button className="primary" disabled={busy || token.trim() === ''}>
          {busy ? 'Signing in …' : 'Sign in'}
        </button>
        <p id="token-hint" className="hint">
          On your own machine, <code>npm start</code> prints a token when it is ready.
        </p>
      </form>
    </main>
  );
}
