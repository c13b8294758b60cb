using FsCheck.Fluent;
using FsCheck.Xunit;
using PromptDesigner.Runtime.Schedules;

namespace PromptDesigner.Runtime.Tests.Schedules;

/// <summary>What the form shows and the line that is stored are the same schedule.</summary>
public sealed class RhythmTests
{
    [Property(MaxTest = 500)]
    public FsCheck.Property Every_rhythm_survives_its_line()
    {
        var rhythms = from kind in Gen.Elements(Enum.GetValues<RhythmKind>())
                      from every in Gen.Elements([.. kind == RhythmKind.Minutes ? Rhythm.MinuteSteps : Rhythm.HourSteps])
                      from hour in Gen.Choose(0, 23)
                      from minute in Gen.Choose(0, 59)
                      from days in Gen.NonEmptyListOf(Gen.Choose(0, 6))
                      from day in Gen.Choose(1, Rhythm.LastDay)
                      select new Rhythm { Kind = kind, Every = every, At = new TimeOnly(hour, minute), Days = [.. days.Distinct().Order()], Day = day };
        return Prop.ForAll(rhythms.ToArbitrary(), x =>
        {
            var line = CronLine.Parse(x.ToCron()).Value!;
            var back = Rhythm.Of(line);
            return back is not null && back.Kind == x.Kind && back.ToCron() == x.ToCron() && CronWords.Of(line).Length > 0;
        });
    }

    [Theory]
    [InlineData("0,30 8 * * *")]
    [InlineData("*/7 * * * *")]
    [InlineData("0 8 1 1 *")]
    [InlineData("0 12 13 * 5")]
    [InlineData("*/10 * * * * ?")]
    [InlineData("0 0 12 ? * FRI#2")]
    public void Other_lines_stay_lines(string line) => Assert.Null(Rhythm.Of(CronLine.Parse(line).Value!));
}
