"""What SQL types hold, as ECMA2 values and back."""
