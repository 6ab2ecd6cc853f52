package org.lacwarehouse.pipeline.linkage;

/** What the number is by which a system knows people. */
enum NumberKind {
    /** The NHS number. */
    NHS_NUMBER {
        @Override
        boolean isValid(String number) {
            return number != null && PersonNumbers.isNhsNumber(number);
        }

        @Override
        String of(Child child) {
            return child.nhsNumber();
        }
    },
    /** The unique pupil number. */
    UPN {
        @Override
        boolean isValid(String number) {
            return number != null && PersonNumbers.isUpn(number);
        }

        @Override
        String of(Child child) {
            return child.upn();
        }
    },
    /** The system has no number. */
    NONE {
        @Override
        boolean isValid(String number) {
            return false;
        }

        @Override
        String of(Child child) {
            return null;
        }
    };

    /** Whether a number's check digit is right. */
    abstract boolean isValid(String number);

    /** The number of that kind that a child has. */
    abstract String of(Child child);
}
