package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// cardFile is a card with all that is on it, in the staff's folder of a student.
const cardFile = "card.json"

// readCards reads the cards of a report, in the order of its folders.
func readCards(out string) ([]*Card, error) {
	files, err := filepath.Glob(filepath.Join(out, "staff", "*", cardFile))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s holds no report: there is no staff/NAME/%s in it; name the folder that grade wrote with -o", out, cardFile)
	}
	cards := make([]*Card, len(files))
	for i, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		card := &Card{Slug: filepath.Base(filepath.Dir(file))}
		if err := json.Unmarshal(text, card); err != nil {
			return nil, fmt.Errorf("%s is no card, or is cut short: %w", file, err)
		}
		cards[i] = card
		if card.Lab != cards[0].Lab {
			return nil, fmt.Errorf("%s holds cards of %s and of %s; remove those of one of them", out, cards[0].Lab, card.Lab)
		}
	}
	return cards, nil
}

// cardOf returns a student's card, by the name or by the name of the folder.
func cardOf(cards []*Card, student string) (*Card, error) {
	var names []string
	for _, c := range cards {
		if c.Student == student || c.Slug == student {
			return c, nil
		}
		names = append(names, plain(c.Student))
	}
	return nil, fmt.Errorf("there is no %s in this report; there are: %s", plain(student), strings.Join(names, ", "))
}

// scoreOf returns what a test says on the card.
func (c *Card) scoreOf(test string) (*TestScore, error) {
	for i := range c.Parts {
		for j := range c.Parts[i].Tests {
			if t := &c.Parts[i].Tests[j]; t.Test == test {
				return t, nil
			}
		}
	}
	return nil, fmt.Errorf("%s is not a test of %s", test, c.Lab)
}
