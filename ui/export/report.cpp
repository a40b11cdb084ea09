// Implements report.h.

#include "ui/export/report.h"

#include "core/io/file.h"
#include "ui/session/sites.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <fmt/format.h>

namespace headlight::ui {
namespace {

/// What is a letter to a person stays one: nothing of a title becomes markup.
QString escaped(const QString& text)
{
    static const QRegularExpression special(QStringLiteral(R"(([\\`*_{}\[\]<>#|~$&]))"));
    return text.simplified().replace(special, QStringLiteral("\\\\1"));
}

class Report {
    Q_DECLARE_TR_FUNCTIONS(Report)
public:
    static QString of(std::span<const Pin> pins, const QString& folder)
    {
        QStringList lines{ QStringLiteral("# ") + tr("Findings"), {} };
        for (std::size_t i = 0; i < pins.size(); ++i)
            lines << section(pins[i], i, folder);
        return lines.join(u'\n') + u'\n';
    }

private:
    static QStringList section(const Pin& pin, std::size_t index, const QString& folder)
    {
        QStringList lines{ QStringLiteral("## %1. %2").arg(index + 1).arg(escaped(pin.title)), {} };
        if (!pin.picture.isEmpty())
            lines << QStringLiteral("![%1](<%2/%3>)").arg(escaped(pin.title), folder, figureName(pin, index))
                  << QString();
        if (!pin.note.trimmed().isEmpty())
            lines << pin.note.trimmed() << QString();
        if (!pin.numbers.empty()) {
            lines << QStringLiteral("| %1 | %2 |").arg(tr("Number"), tr("Value"))
                  << QStringLiteral("|---|---:|");
            for (const PinNumber& number : pin.numbers)
                lines << QStringLiteral("| %1 | %2 |")
                             .arg(escaped(number.name), QString::number(number.value, 'g', 9));
            lines << QString();
        }
        for (const auto& [name, value] : settings(pin)) {
            if (!value.isEmpty())
                lines << QStringLiteral("- %1: %2").arg(name, escaped(value));
        }
        return lines << QString();
    }

    static QString numbers(const std::vector<int>& list)
    {
        QStringList text;
        for (const int number : list)
            text << QString::number(number);
        return text.join(QStringLiteral(", "));
    }

    static QList<std::pair<QString, QString>> settings(const Pin& pin)
    {
        const SessionState& state = pin.state;
        const Selection& chosen = state.selection;
        const DisplaySettings& display = state.display;
        const QString join = chosen.heads.size() < 2 ? QString()
            : chosen.join == HeadJoin::Mean          ? tr(" (mean)")
                                                     : tr(" (maximum)");
        return {
            { tr("Model"), pin.model.isEmpty() ? state.model : pin.model },
            { tr("Input"), pin.input },
            { tr("Decoder's text"), QString::fromStdString(state.target.value_or(std::string())) },
            { tr("Written tokens"), state.written > 0 ? QString::number(state.written) : QString() },
            { tr("View"), state.view },
            { tr("Attention"), title(SiteGroup::of(chosen)) },
            { tr("Layer"), QString::number(chosen.layer) },
            { chosen.heads.size() == 1 ? tr("Head") : tr("Heads"), numbers(chosen.heads) + join },
            { tr("Queries"), numbers(chosen.queries) },
            { tr("Key"), chosen.key ? QString::number(*chosen.key) : QString() },
            { tr("Colours"),
                tr("%1, scale %2, normalised by %3")
                    .arg(display.colourMap, id(display.scale), id(display.normalise)) },
            { tr("Special tokens"),
                !display.hideSpecialTokens      ? tr("shown")
                    : display.renormaliseHidden ? tr("hidden, rows renormalised")
                                                : tr("hidden, rows not renormalised") },
            { tr("Words"),
                display.joinWords ? tr("their pieces joined: mean of the queries', sum of the keys'")
                                  : QString() },
        };
    }
};

/// Puts `fresh` in the place of `folder` and back again unless all went well.
class ReplacedFolder {
public:
    ReplacedFolder(std::filesystem::path fresh, std::filesystem::path folder)
        : m_fresh(std::move(fresh))
        , m_folder(std::move(folder))
        , m_old(m_folder.string() + ".old~")
    {
    }
    ~ReplacedFolder()
    {
        std::error_code ignored;
        if (!m_kept && m_swapped) {
            std::filesystem::remove_all(m_folder, ignored);
            std::filesystem::rename(m_old, m_folder, ignored);
        }
        std::filesystem::remove_all(m_fresh, ignored);
        if (m_kept)
            std::filesystem::remove_all(m_old, ignored);
    }
    Status swap()
    {
        std::error_code failed;
        std::filesystem::remove_all(m_old, failed);
        if (std::filesystem::exists(m_folder, failed))
            std::filesystem::rename(m_folder, m_old, failed);
        m_swapped = !failed;
        if (!failed)
            std::filesystem::rename(m_fresh, m_folder, failed);
        if (failed)
            return Error{ ErrorKind::Unwritable,
                fmt::format("The figures cannot be put into {}: {}.", m_folder.string(), failed.message()) };
        return {};
    }
    void keep() { m_kept = true; }

private:
    std::filesystem::path m_fresh, m_folder, m_old;
    bool m_swapped = false, m_kept = false;
};

} // namespace

QString figureName(const Pin& pin, std::size_t index)
{
    static const QRegularExpression others(QStringLiteral("[^a-z0-9]+"));
    QString words = pin.title.toLower().replace(others, QStringLiteral("-")).left(60);
    while (words.endsWith(u'-'))
        words.chop(1);
    if (words.startsWith(u'-'))
        words.remove(0, 1);
    return words.isEmpty() ? QStringLiteral("%1.png").arg(index + 1)
                           : QStringLiteral("%1-%2.png").arg(index + 1).arg(words);
}

QString reportText(std::span<const Pin> pins, const QString& figuresFolder)
{
    return Report::of(pins, figuresFolder);
}

Status writeReport(const std::filesystem::path& path, std::span<const Pin> pins)
{
    const auto folder = path.parent_path() / (path.stem().string() + "_figures");
    const std::filesystem::path fresh = folder.string() + ".new~";
    ReplacedFolder figures(fresh, folder);
    std::error_code failed;
    std::filesystem::remove_all(fresh, failed);
    std::filesystem::create_directory(fresh, failed);
    if (failed)
        return Error{ ErrorKind::Unwritable,
            fmt::format("The folder {} cannot be made: {}.", fresh.string(), failed.message()) };
    for (std::size_t i = 0; i < pins.size(); ++i) {
        const QByteArray& png = pins[i].picture;
        if (!png.isEmpty())
            HEADLIGHT_TRY_STATUS(writeFile(
                fresh / figureName(pins[i], i).toStdString(), { png.constData(), std::size_t(png.size()) }));
    }
    HEADLIGHT_TRY_STATUS(figures.swap());
    const QString text = reportText(pins, QString::fromStdString(folder.filename().string()));
    HEADLIGHT_TRY_STATUS(writeFile(path, text.toStdString()));
    figures.keep();
    return {};
}

} // namespace headlight::ui
