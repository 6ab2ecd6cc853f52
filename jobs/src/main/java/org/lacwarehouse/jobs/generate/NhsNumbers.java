package org.lacwarehouse.jobs.generate;

/** Hands out NHS numbers of the range 999 000 0000 on, which is kept for tests, each once. */
final class NhsNumbers {
    private static final int RANGE = 1_000_000;
    private static final int COUNCILS = 160;

    private int next;

    /** @param council which stretch of the range to begin with: councils of other places share no numbers until full */
    NhsNumbers(int council) {
        this.next = Math.floorMod(council, COUNCILS) * (RANGE / COUNCILS);
    }

    String next() {
        while (true) {
            String nine = String.valueOf(999_000_000 + next);
            next = (next + 1) % RANGE;
            int check = check(nine);
            if (check < 10) {
                return nine + check;
            }
        }
    }

    /** A number as it is after a slip of the pen: its check digit is wrong. */
    static String mistyped(String number) {
        int wrong = (number.charAt(9) - '0' + 1) % 10;
        return number.substring(0, 9) + wrong;
    }

    /** The check digit of nine digits modulo 11; 10 when they cannot have one. */
    private static int check(String nine) {
        int sum = 0;
        for (int i = 0; i < 9; i++) {
            sum += (10 - i) * (nine.charAt(i) - '0');
        }
        return (11 - sum % 11) % 11;
    }
}
