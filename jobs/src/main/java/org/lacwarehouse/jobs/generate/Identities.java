package org.lacwarehouse.jobs.generate;

import java.util.List;
import java.util.random.RandomGenerator;

/** Makes up people: names, NHS numbers of the range kept for tests, UPNs with their check letter. */
final class Identities {
    private static final List<String> BOYS = List.of(
            "Aaron",
            "Adeel",
            "Alfie",
            "Bartosz",
            "Callum",
            "Daniel",
            "Elijah",
            "Emmanuel",
            "Farid",
            "George",
            "Hassan",
            "Isaac",
            "Jack",
            "Jayden",
            "Kai",
            "Leo",
            "Liam",
            "Mateusz",
            "Mohammed",
            "Noah",
            "Oliver",
            "Oscar",
            "Reece",
            "Samir",
            "Théo",
            "Tyler",
            "Yusuf",
            "Zachary");
    private static final List<String> GIRLS = List.of(
            "Aaliyah", "Abigail", "Amina", "Anaïs", "Bethany", "Chloe", "Daisy", "Ella", "Fatima", "Freya", "Grace",
            "Hana", "Isla", "Jessica", "Keira", "Layla", "Lily", "Maja", "Mia", "Niamh", "Olivia", "Poppy", "Ruby",
            "Saba", "Sienna", "Sophie", "Zara", "Zoë");
    private static final List<String> SURNAMES = List.of(
            "Abbott",
            "Adeyemi",
            "Ahmed",
            "Bailey",
            "Baker",
            "Begum",
            "Brown",
            "Clarke",
            "Cole",
            "Davies",
            "Doyle",
            "Edwards",
            "Evans",
            "Fisher",
            "Green",
            "Hall",
            "Harris",
            "Hughes",
            "Hussain",
            "Jackson",
            "Jones",
            "Kaur",
            "Khan",
            "King",
            "Kowalski",
            "Lewis",
            "Mensah",
            "Moore",
            "Murphy",
            "Nowak",
            "O'Brien",
            "Okafor",
            "Patel",
            "Phillips",
            "Roberts",
            "Robinson",
            "Scott",
            "Shah",
            "Smith-Jones",
            "Taylor",
            "Tesfaye",
            "Thompson",
            "Walker",
            "Watson",
            "White",
            "Williams",
            "Wright",
            "Young");
    private static final String UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ";

    private Identities() {}

    static String forename(RandomGenerator random, boolean girl) {
        List<String> names = girl ? GIRLS : BOYS;
        return names.get(random.nextInt(names.size()));
    }

    static String surname(RandomGenerator random) {
        return SURNAMES.get(random.nextInt(SURNAMES.size()));
    }

    /** The number-th valid NHS number from 999 000 0000 on: ten digits, the last a check digit modulo 11. */
    static String nhsNumber(int number) {
        int candidate = number;
        while (true) {
            String nine = String.format("999%06d", candidate);
            int sum = 0;
            for (int i = 0; i < 9; i++) {
                sum += (10 - i) * (nine.charAt(i) - '0');
            }
            int check = (11 - sum % 11) % 11;
            if (check < 10) {
                return nine + check;
            }
            candidate += 500_000;
        }
    }

    /** A UPN: check letter, authority, school, year of allocation and serial. */
    static String upn(String authority, int year, int serial) {
        String digits = authority + "2" + String.format("%03d", serial / 1000 % 1000)
                + String.format("%02d", year % 100) + String.format("%03d", serial % 1000);
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            sum += (i + 2) * (digits.charAt(i) - '0');
        }
        return UPN_LETTERS.charAt(sum % 23) + digits;
    }
}
