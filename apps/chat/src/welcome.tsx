// Before the first question.
import { ArrowUpRight } from 'lucide-react';

const QUESTIONS = [
  'How do retries with exponential backoff and timeouts work?',
  'How is the concurrency of promises limited?',
  'What do the parsers do with malformed input?',
  'How are glob patterns matched against paths?',
];

export function Welcome({ onAsk }: { readonly onAsk: (question: string) => void }) {
  return (
    <section className="welcome">
      <p className="eyebrow">Six agents, one answer, every step in view</p>
      <h2>What should we find out?</h2>
      <ul>
        {QUESTIONS.map((question) => (
          <li key={question}>
            <button onClick={() => onAsk(question)}>
              {question}
              <ArrowUpRight aria-hidden="true" />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
