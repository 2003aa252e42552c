// The product's mark.
export function Mark() {
  return (
    <span className="mark">
      <svg viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="9" />
        <path d="M16 25V13m0 6c-4 0-7-2.600-7-7 4.400 0 7 2.600 7 7Zm0-3c0-4.400 2.600-7.500 7-8 0 4.800-2.600 8-7 8Z" />
      </svg>
      Vana
    </span>
  );
}
