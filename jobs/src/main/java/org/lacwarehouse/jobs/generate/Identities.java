package org.lacwarehouse.jobs.generate;

import java.util.List;

/** Makes up people: names, and UPNs with their check letter. */
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

    static String forename(Chance chance, boolean girl) {
        List<String> names = girl ? GIRLS : BOYS;
        return chance.any(names);
    }

    static String surname(Chance chance) {
        return chance.any(SURNAMES);
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

    /** A UPN as it is after a slip of the pen: its check letter is wrong. */
    static String mistyped(String upn) {
        return UPN_LETTERS.charAt((UPN_LETTERS.indexOf(upn.charAt(0)) + 1) % 23) + upn.substring(1);
    }
}
