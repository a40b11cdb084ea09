// Implements command_palette.h.

#include "ui/shell/command_palette.h"

#include "ui/shell/fuzzy_match.h"
#include "ui/style/theme.h"
#include "ui/widgets/labels.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QStyledItemDelegate>

namespace headlight::ui {
namespace {

constexpr std::size_t mostShown = 60;
constexpr int kindRole = Qt::UserRole, keyRole = Qt::UserRole + 1;

/// By its title; else by what it is and does. Words of the text itself never push a command aside.
std::optional<int> scoreOf(const PaletteEntry& entry, const QString& typed)
{
    constexpr int byDetail = -45, lessThanCommands = -15;
    const int kind = entry.rank == PaletteEntry::Rank::Content ? lessThanCommands : 0;
    if (const auto score = fuzzyScore(typed, entry.title))
        return *score + kind;
    const auto score = wordsScore(typed, entry.kind + u' ' + entry.title + u' ' + entry.detail);
    return score ? std::optional(*score + byDetail + kind) : std::nullopt;
}

/// Kind, title, and the shortcut at the right.
class EntryDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override
    {
        return { 200, QFontMetrics(currentTheme().body).height() + 14 };
    }
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        const Theme& theme = currentTheme();
        const bool current = option.state & QStyle::State_Selected;
        const QRect line = option.rect.adjusted(2, 1, -2, -1);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        if (current) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(theme.accentSoft);
            painter->drawRoundedRect(line, 6, 6);
        }
        const QString kind = index.data(kindRole).toString(), key = index.data(keyRole).toString();
        const int kindWidth = QFontMetrics(theme.small).horizontalAdvance(QStringLiteral("MMMMMMMM"));
        const int keyWidth = QFontMetrics(theme.small).horizontalAdvance(key) + 8;
        painter->setFont(theme.small);
        painter->setPen(theme.mutedText);
        painter->drawText(line.adjusted(10, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, kind);
        painter->drawText(line.adjusted(0, 0, -10, 0), Qt::AlignVCenter | Qt::AlignRight, key);
        painter->setFont(current ? theme.strong : theme.body);
        painter->setPen(current ? theme.accent : theme.text);
        const QRect text = line.adjusted(kindWidth + 10, 0, -keyWidth - 10, 0);
        painter->drawText(text, Qt::AlignVCenter | Qt::AlignLeft,
            QFontMetrics(painter->font()).elidedText(index.data().toString(), Qt::ElideRight, text.width()));
        painter->restore();
    }
};

} // namespace

CommandPalette::CommandPalette(
    std::function<std::vector<PaletteEntry>(const QString&)> entries, QWidget* window)
    : Overlay(window)
    , m_source(std::move(entries))
    , m_edit(new QLineEdit(this))
    , m_list(new QListWidget(this))
{
    setAccessibleName(tr("Commands"));
    m_edit->setPlaceholderText(tr("Type a command, a view, a model, a token, or a head: l5 h7"));
    m_edit->setAccessibleName(tr("What to do"));
    m_edit->setToolTip(tr("A few letters are enough"));
    m_edit->setClearButtonEnabled(true);
    m_edit->installEventFilter(this);
    m_list->setItemDelegate(new EntryDelegate(m_list));
    m_list->setAccessibleName(tr("Commands that fit"));
    m_list->setToolTip(tr("Enter or a click does it"));
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setUniformItemSizes(true);
    auto* all = column(this, metrics::gap);
    all->setContentsMargins(10, 10, 10, 10);
    all->addWidget(m_edit);
    all->addWidget(m_list, 1);
    setFocusProxy(m_edit);
    connect(m_edit, &QLineEdit::textChanged, this, &CommandPalette::fill);
    connect(m_list, &QListWidget::itemClicked, this, &CommandPalette::runCurrent);
}

QRect CommandPalette::placeIn(const QSize& window) const
{
    const int width = std::min(window.width() - 40, 640), most = std::min(window.height() - 100, 460);
    // No higher than what fits needs.
    const QMargins margins = layout()->contentsMargins();
    const int needed = margins.top() + m_edit->sizeHint().height() + layout()->spacing()
        + m_list->count() * m_list->sizeHintForRow(0) + 2 * (m_list->frameWidth() + frameWidth())
        + metrics::tinyGap + margins.bottom();
    return { (window.width() - width) / 2, 56, width, std::min(most, needed) };
}

void CommandPalette::opened()
{
    m_edit->clear();
    fill();
}

int CommandPalette::shownCount() const
{
    return int(m_shown.size());
}

void CommandPalette::fill()
{
    const QString typed = m_edit->text();
    std::vector<std::pair<int, PaletteEntry>> fitting;
    for (PaletteEntry& entry : m_source(typed)) {
        auto score = scoreOf(entry, typed);
        if (!score)
            continue;
        const auto lately = m_recent.indexOf(entry.title);
        fitting.emplace_back(*score + (lately >= 0 ? 16 - 2 * int(lately) : 0), std::move(entry));
    }
    std::ranges::stable_sort(fitting, std::greater(), [](const auto& pair) { return pair.first; });
    m_shown.clear();
    m_list->clear();
    for (auto& [score, entry] : fitting) {
        if (m_shown.size() == mostShown)
            break;
        auto* item = new QListWidgetItem(entry.title, m_list);
        item->setData(kindRole, entry.kind);
        item->setData(keyRole, entry.shortcut.toString(QKeySequence::NativeText));
        item->setToolTip(entry.detail);
        m_shown.push_back(std::move(entry));
    }
    if (m_shown.empty()) {
        auto* nothing = new QListWidgetItem(tr("Nothing fits “%1”").arg(typed), m_list);
        nothing->setFlags(Qt::NoItemFlags);
    }
    m_list->setCurrentRow(0);
    setGeometry(placeIn(parentWidget()->size()));
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event)
{
    if (watched != m_edit || event->type() != QEvent::KeyPress)
        return Overlay::eventFilter(watched, event);
    const int key = static_cast<QKeyEvent*>(event)->key(), rows = m_list->count();
    const int page = std::max(1, m_list->height() / std::max(1, m_list->sizeHintForRow(0)));
    const int step = key == Qt::Key_Down ? 1
        : key == Qt::Key_Up              ? -1
        : key == Qt::Key_PageDown        ? page
        : key == Qt::Key_PageUp          ? -page
                                         : 0;
    if (step != 0) {
        const int wrapped = std::abs(step) == 1 ? (m_list->currentRow() + step + rows) % std::max(1, rows)
                                                : std::clamp(m_list->currentRow() + step, 0, rows - 1);
        m_list->setCurrentRow(wrapped);
        return true;
    }
    if (key == Qt::Key_Return || key == Qt::Key_Enter) {
        runCurrent();
        return true;
    }
    if (key == Qt::Key_Escape) {
        shut();
        return true;
    }
    return false;
}

void CommandPalette::runCurrent()
{
    const int row = m_list->currentRow();
    if (row < 0 || std::size_t(row) >= m_shown.size())
        return;
    const PaletteEntry entry = m_shown[std::size_t(row)];
    remember(entry);
    shut();
    entry.run();
}

void CommandPalette::remember(const PaletteEntry& entry)
{
    constexpr qsizetype most = 7;
    m_recent.removeAll(entry.title);
    m_recent.prepend(entry.title);
    m_recent.resize(std::min(m_recent.size(), most));
}

} // namespace headlight::ui
