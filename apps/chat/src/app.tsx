// Who is there: nobody yet (sign-in), or somebody with a chat of their own.
import { useEffect, useState } from 'react';
import { VanaClient } from '@vana/stream-client';
import { createChat, type Chat } from '@vana/stream-react';
import { ChatPage } from './chat-page.js';
import { SignIn } from './sign-in.js';

/** A chat lives outside of components: React may build those twice. */
function openChat(): Chat {
  return createChat({ client: new VanaClient(), streamOptions: { retry: { maxAttempts: Infinity } } });
}

type Visitor = 'unknown' | 'nobody' | Chat;

export function App() {
  const [visitor, setVisitor] = useState<Visitor>('unknown');

  useEffect(() => {
    let left = false;
    // The cookie is out of a script's reach: asking is the way to learn whether there is one.
    new VanaClient().sessions(1).then(
      () => void (left || setVisitor(openChat())),
      () => void (left || setVisitor('nobody')),
    );
    return () => void (left = true);
  }, []);

  if (visitor === 'unknown') return <main className="splash" aria-busy="true" aria-label="Vana" />;
  if (visitor === 'nobody') return <SignIn onSignedIn={() => setVisitor(openChat())} />;
  const signOut = (): void => {
    visitor.clear();
    void new VanaClient().signOut().finally(() => setVisitor('nobody'));
  };
  return <ChatPage chat={visitor} onSignOut={signOut} />;
}
