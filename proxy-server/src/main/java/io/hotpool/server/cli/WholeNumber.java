package io.hotpool.server.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of an option, within what makes sense there. */
abstract class WholeNumber implements ITypeConverter<Integer> {
    private final int least;
    private final int most;

    WholeNumber(int least, int most) {
        this.least = least;
        this.most = most;
    }

    @Override
    public Integer convert(String text) {
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below, as what is out of range
        }
        throw new TypeConversionException("'" + text + "' is not a whole number from " + least + " to " + most);
    }

    static final class Positive extends WholeNumber {
        Positive() {
            super(1, Integer.MAX_VALUE);
        }
    }

    static final class FromZero extends WholeNumber {
        FromZero() {
            super(0, Integer.MAX_VALUE);
        }
    }

    /** Of connections that one order may ask for. */
    static final class Connections extends WholeNumber {
        Connections() {
            super(1, 10_000);
        }
    }

    /** Of requests a second. */
    static final class Rate implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            try {
                double rate = Double.parseDouble(text);
                if (rate >= 0 && rate <= 1e9) {
                    return rate;
                }
            } catch (NumberFormatException e) {
                // said below, as what is out of range
            }
            throw new TypeConversionException("'" + text + "' is not a number from 0 to 1000000000");
        }
    }
}
