package org.lacwarehouse.jobs.generate;

import java.util.ArrayList;
import java.util.List;

/**
 * Made-up postcodes of an authority and of its surroundings. They begin with Q, which no real postcode does.
 *
 * @param home postcodes inside the authority
 * @param away postcodes outside it, up to some 60 miles away
 */
record Geography(List<Place> home, List<Place> away) {
    /** A postcode with its place on the national grid in metres and the authority it lies in. */
    record Place(String postcode, int easting, int northing, String authority) {}

    static Geography of(String authority, Chance chance) {
        int code = Integer.parseInt(authority);
        int east = 400_000 + code * 7 % 200 * 1_000;
        int north = 150_000 + code * 13 % 300 * 1_000;
        List<Place> home = new ArrayList<>();
        List<Place> away = new ArrayList<>();
        String area = "Q" + (char) ('A' + code / 26 % 26) + (code % 26 % 9 + 1);
        for (int i = 0; i < 240; i++) {
            String inward = " " + (i % 10) + (char) ('A' + i / 10 % 20) + (char) ('A' + code % 20);
            boolean outside = i >= 160;
            int reach = outside ? 90_000 : 9_000;
            Place place = new Place(
                    area + (i / 80 + 1) + inward,
                    east + chance.between(-reach, reach),
                    north + chance.between(-reach, reach),
                    outside ? "000" : authority);
            (outside ? away : home).add(place);
        }
        return new Geography(home, away);
    }

    String anyHome(Chance chance) {
        return chance.any(home).postcode();
    }

    String anyAway(Chance chance) {
        return chance.any(away).postcode();
    }
}
